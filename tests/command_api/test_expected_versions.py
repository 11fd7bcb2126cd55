"""The version that a client expects: met, outdated, or not to be understood."""

import json
from dataclasses import replace
from typing import Any

import pytest

from command_api.composition import Application
from shared.adapters.memory import MemoryLog
from shared.domain.shop import domain
from shared.domain.shop.item.commands import ReceiveStock
from shared.kernel.commands.expected_version import Expected
from shared.kernel.commands.queued_command import encode_command, request_of, stream_of
from tests.command_api.calls import post, post_command, registered, told
from tests.kernel.asking import NOON
from tests.kernel.worlds import request

REGISTER = ("register-item", {"name": "Teapot", "reorderPoint": 2})


async def test_an_expected_version_is_met_or_the_precondition_failed(
    application: Application,
) -> None:
    await registered(application)

    met = await post_command(post("receive-stock", {"quantity": 1}, If_Match='"2"'), application)
    missed = await post_command(post("receive-stock", {"quantity": 1}, If_Match='"2"'), application)

    assert (met.status_code, met.headers["ETag"]) == (200, '"3"')
    assert (missed.status_code, told(missed)["code"]) == (412, "precondition-failed")
    assert missed.headers["ETag"] == '"3"'


async def test_a_stream_that_must_not_exist_yet_is_begun_once(application: Application) -> None:
    first = await post_command(post(*REGISTER, If_None_Match="*"), application)
    second = await post_command(post(*REGISTER, If_None_Match="*"), application)

    assert (first.status_code, second.status_code) == (200, 412)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"If_Match": '"1", "2"'}, 200),
        ({"If_Match": '"1","2",'}, 200),
        ({"If_Match": ' "2" , "a,b"'}, 200),
        ({"If_Match": "*"}, 200),
        ({"If_Match": '"1", W/"2"'}, 412),
        ({"If_Match": 'W/"2"'}, 412),
        ({"If_Match": '"-1"'}, 412),
        ({"If_Match": '"02"'}, 412),
        ({"If_Match": '"abc", "1,2"'}, 412),
        ({"If_Match": '""'}, 412),
        ({"If_Match": '"9999999999999999"'}, 412),
        ({"If_None_Match": '"1"'}, 200),
        ({"If_None_Match": '"abc", W/"3"'}, 200),
        ({"If_None_Match": '"2"'}, 412),
        ({"If_None_Match": 'W/"2"'}, 412),
        ({"If_None_Match": '"1", "2"'}, 412),
        ({"If_None_Match": "*"}, 412),
        ({"If_Match": '"2"', "If_None_Match": '"1"'}, 200),
        ({"If_Match": '"2"', "If_None_Match": "*"}, 412),
        ({"If_Match": "*", "If_None_Match": '"2"'}, 412),
    ],
)
async def test_conditions_are_met_as_the_standard_says(
    headers: dict[str, str], status: int, application: Application
) -> None:
    await registered(application)

    response = await post_command(post("receive-stock", {"quantity": 1}, **headers), application)

    assert response.status_code == status
    assert response.headers["ETag"] == ('"3"' if status == 200 else '"2"')


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"If_Match": "*"}, 412),
        ({"If_Match": '"0"'}, 200),
        ({"If_None_Match": "*"}, 200),
        ({"If_None_Match": '"0"'}, 412),
        ({"If_None_Match": '"1"'}, 200),
        ({"If_Match": "*", "If_None_Match": "*"}, 412),
    ],
)
async def test_a_stream_without_events_is_none_and_has_the_tag_that_we_gave_it(
    headers: dict[str, str], status: int, application: Application
) -> None:
    response = await post_command(post(*REGISTER, **headers), application)

    assert response.status_code == status


@pytest.mark.parametrize("name", ["If_Match", "If_None_Match"])
@pytest.mark.parametrize(
    "header", ["2", "", ",", '"2', '2"', '"2" "3"', "w/2", 'w/"2"', '"2";q=1', '*, "2"', "'2'"]
)
async def test_an_expectation_that_cannot_be_understood_is_malformed(
    name: str, header: str, application: Application
) -> None:
    response = await post_command(post(*REGISTER, **{name: header}), application)

    assert (response.status_code, told(response)["code"]) == (400, "malformed")


async def test_what_is_expected_waits_with_the_command(application: Application) -> None:
    headers = {"If_Match": '"1", "2"', "If_None_Match": '"3"'}
    asked = post("receive-stock", {"quantity": 1}, Prefer="respond-async", **headers)
    await post_command(asked, application)

    mailbox = await application.mailbox()
    assert isinstance(mailbox, MemoryLog)
    [[body]] = [bodies for bodies in mailbox.messages if bodies]
    request = request_of(stream_of(body)[0], application.domain)
    assert request.expected == Expected(frozenset({1, 2}), frozenset({3}))


@pytest.mark.parametrize(
    ("expected", "written"),
    [
        (Expected.at(7), 7),
        (Expected.at(0), 0),
        (None, None),
        (Expected(frozenset()), {"among": [], "otherThan": []}),
        (Expected(None, frozenset({0})), {"otherThan": [0]}),
    ],
)
def test_one_version_waits_as_older_code_reads_it(expected: Expected | None, written: Any) -> None:
    asked = replace(request(ReceiveStock(quantity=1), "c1"), expected=expected)

    body = encode_command(asked, NOON)

    assert json.loads(body).get("expected") == written
    assert request_of(stream_of(body)[0], domain).expected == expected
