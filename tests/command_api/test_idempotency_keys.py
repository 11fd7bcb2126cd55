"""The key of a command: a structured-field string or a bare token, and one key in both spellings."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command_api.composition import Application
from command_api.idempotency_key import RULE, key_of
from shared.adapters.http.problems import Problem
from tests.command_api.calls import post, post_command, registered, told

RECEIVE = ("receive-stock", {"quantity": 1})
VISIBLE = st.text(
    st.sampled_from([chr(code) for code in range(0x21, 0x7F)]), min_size=1, max_size=128
)


def read(header: str) -> str | None:
    return key_of({"idempotency-key": header})


@given(VISIBLE)
def test_any_key_can_be_written_as_a_string(key: str) -> None:
    escaped = key.replace("\\", "\\\\").replace('"', '\\"')

    assert read(f'"{escaped}"') == key
    assert re.fullmatch(RULE, f'"{escaped}"')
    if not key.startswith('"') and "," not in key:
        assert read(key) == key
        assert re.fullmatch(RULE, key)


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ("k1", "k1"),
        ('"k1"', "k1"),
        (' "k1" ', "k1"),
        ('"k1";a', "k1"),
        ('"k1"; a=1;b="x;y"', "k1"),
        ('"k,1"', "k,1"),
        (r'"k\"1"', 'k"1'),
        (r'"k\\1"', "k\\1"),
        ('k"1"', 'k"1"'),
        ("8e03978e-40d5-43dd-bc93-6894a57f9324", "8e03978e-40d5-43dd-bc93-6894a57f9324"),
    ],
)
def test_a_key_is_one_in_both_spellings(header: str, key: str) -> None:
    assert read(header) == key


@pytest.mark.parametrize(
    "header",
    [
        "",
        '""',
        '"',
        '"k1',
        '"k1" x',
        '"a", "b"',
        "a,b",
        "a b",
        '"a b"',
        r'"k\1"',
        '"\u00fc"',
        "\u00fc",
        "k" * 129,
        f'"{"k" * 129}"',
        '"k1";',
        '"k1";A=1',
    ],
)
def test_what_is_no_key_is_told_so(header: str) -> None:
    with pytest.raises(Problem) as told_so:
        read(header)

    assert (told_so.value.status, told_so.value.code) == (400, "idempotency-key")
    assert told_so.value.faults[0].pointer == "Idempotency-Key"


async def test_a_repeat_may_be_spelt_otherwise(application: Application) -> None:
    await registered(application)

    first = await post_command(post(*RECEIVE, Idempotency_Key="k1"), application)
    again = await post_command(post(*RECEIVE, Idempotency_Key='"k1"'), application)

    assert told(again) == told(first)
    assert told(first)["commandId"] == "k1"


async def test_a_body_may_be_spelt_otherwise(application: Application) -> None:
    await registered(application)
    path, body = RECEIVE

    first = await post_command(post(path, body, Idempotency_Key="k1"), application)
    again = await post_command(post(path, {"quantity": 1.0}, Idempotency_Key="k1"), application)
    other = await post_command(post(path, {"quantity": 9}, Idempotency_Key="k1"), application)

    assert (again.status_code, told(again)) == (200, told(first))
    assert told(other)["code"] == "command-id-reused"
