"""Whatever a client can get wrong, it is told what and where, and nothing is written."""

import pytest

from command_api.composition import Application
from tests.command_api.calls import nothing_is_written, post, post_command, told

BAD_BODIES = {
    "nothing": (b"", ""),
    "cut short": (b'{"quantity": 1', ""),
    "no JSON": (b"quantity=1", ""),
    "no UTF-8": (b'{"quantity": "\xff"}', ""),
    "an array": (b"[1]", ""),
    "an unknown field": (b'{"quantity": 1, "colour": "red"}', "/colour"),
    "a name of Python": (b'{"quantity": 1, "reservation_id": "r"}', "/reservation_id"),
    "a missing field": (b"{}", "/quantity"),
    "zero": (b'{"quantity": 0}', "/quantity"),
    "a negative number": (b'{"quantity": -1}', "/quantity"),
    "a fraction": (b'{"quantity": 1.5}', "/quantity"),
    "infinity": (b'{"quantity": 1e400}', "/quantity"),
    "NaN": (b'{"quantity": NaN}', "/quantity"),
    "true": (b'{"quantity": true}', "/quantity"),
    "a text": (b'{"quantity": "3"}', "/quantity"),
    "null": (b'{"quantity": null}', "/quantity"),
    "a large number": (b'{"quantity": 100000000000000000000}', "/quantity"),
    "a huge number": (b'{"quantity": 1' + b"0" * 5000 + b"}", ""),
    "deep brackets": (b"[" * 5000 + b"]" * 5000, ""),
    "deep brackets in a field": (b'{"quantity": ' + b"[" * 5000 + b"]" * 5000 + b"}", ""),
}


@pytest.mark.parametrize("name", BAD_BODIES)
async def test_a_body_that_is_no_command_is_told_what_is_wrong_and_where(
    name: str, application: Application
) -> None:
    body, pointer = BAD_BODIES[name]

    response = await post_command(post("receive-stock", body), application)

    problem = told(response)
    assert (response.status_code, problem["code"]) == (400, "malformed")
    assert pointer in {error["pointer"] for error in problem["errors"]}
    assert all(error["detail"] for error in problem["errors"])
    assert await nothing_is_written(application)


@pytest.mark.parametrize(
    "id_", ["x" * 2000, "x" * 101, "a%2Fb", "a/b", "a\0b", "a b", " a", ".a", "-a", "ä", ""]
)
async def test_an_id_that_cannot_be_one_is_told_the_rule(
    id_: str, application: Application
) -> None:
    response = await post_command(post("receive-stock", {"quantity": 1}, id_=id_), application)

    problem = told(response)
    assert (response.status_code, problem["code"]) == (400, "malformed")
    assert "1 to 100 characters" in problem["detail"]
    assert len(problem["detail"]) < 400
    assert await nothing_is_written(application)


@pytest.mark.parametrize(
    ("category", "command", "unknown"),
    [
        *(("order", "receive-stock", "command"), ("item", "steal-stock", "command")),
        *(("item", "ReceiveStock", "command"), ("it em", "x", "category")),
    ],
)
async def test_of_an_unknown_path_the_unknown_part_is_told(
    category: str, command: str, unknown: str, application: Application
) -> None:
    request = post(command, {"quantity": 1}, category=category)

    response = await post_command(request, application)

    assert (response.status_code, told(response)["code"]) == (404, "not-found")
    assert told(response)["detail"] == f"There is no such {unknown}."


async def test_a_body_that_is_too_large_is_not_even_read(application: Application) -> None:
    response = await post_command(post("receive-stock", b" " * 2_000_000), application)

    assert (response.status_code, told(response)["code"]) == (413, "too-large")


async def test_a_body_that_is_not_declared_as_json_is_not_read(application: Application) -> None:
    request = post("receive-stock", {"quantity": 1}, Content_Type="text/plain")

    response = await post_command(request, application)

    assert (response.status_code, told(response)["code"]) == (415, "unsupported-media-type")


@pytest.mark.parametrize("key", ["", "x" * 129, "a b", "ä", "a\n"])
async def test_a_key_that_cannot_be_one_is_told_the_rule(
    key: str, application: Application
) -> None:
    request = post("receive-stock", {"quantity": 1}, Idempotency_Key=key)

    response = await post_command(request, application)

    assert response.status_code == 400
    assert told(response)["errors"][0]["pointer"] == "Idempotency-Key"
