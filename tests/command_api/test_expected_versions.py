"""The version that a client expects: met, outdated, or not to be understood."""

import pytest

from command_api.composition import Application
from tests.command_api.calls import post, post_command, registered, told

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
    "headers",
    [
        {"If_Match": "2"},
        {"If_Match": "*"},
        {"If_Match": 'W/"2"'},
        {"If_Match": '"1", "2"'},
        {"If_Match": '"-1"'},
        {"If_Match": '"02"'},
        {"If_None_Match": '"2"'},
        {"If_Match": '"2"', "If_None_Match": "*"},
    ],
)
async def test_an_expectation_that_cannot_be_understood_is_malformed(
    headers: dict[str, str], application: Application
) -> None:
    response = await post_command(post(*REGISTER, **headers), application)

    assert (response.status_code, told(response)["code"]) == (400, "malformed")
