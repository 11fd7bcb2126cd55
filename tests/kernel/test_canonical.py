"""What JSON takes for equal has one digest, however it is written; what differs has another."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.commands.request_digest import digest_of
from shared.kernel.messages.inbound_event import InboundEvent

EQUAL = [
    ("5", "5.0"),
    ("5", "5e0"),
    ("500", "5E+2"),
    ("0", "-0.0"),
    ("-7", "-7.000"),
    ("1.5", "15e-1"),
    ("9007199254740991", "9007199254740991.0"),
    ("[1, [2]]", "[1.0, [2.0]]"),
    ('{"a": 1, "b": {"c": 2}}', '{"b": {"c": 2.0}, "a": 1.0}'),
    ('"\\u00e9"', '"é"'),
    ('{"\\u0061": 1}', '{"a": 1}'),
]
OTHER = [
    *(("5", "6"), ("5", '"5"'), ("1", "true"), ("0", "false"), ("0", "null"), ("1.5", "1.25")),
    *(("9007199254740992", "9007199254740993"), ("[1, 2]", "[2, 1]"), ('{"a": 1}', '{"A": 1}')),
    *(("{}", "[]"), ('"a"', '"a "')),
]


def digests(text: str) -> tuple[str, str]:
    """The digests of a command and of an event of others that hold some JSON."""
    data: Any = json.loads(text)
    return digest_of("C", {"value": data}, None), InboundEvent("/s", "1", "t", data).digest


@pytest.mark.parametrize(("one", "other"), EQUAL)
def test_what_json_takes_for_equal_is_one(one: str, other: str) -> None:
    assert digests(one) == digests(other)


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_what_differs_stays_apart(one: str, other: str) -> None:
    assert not set(digests(one)) & set(digests(other))


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.text()
    | st.floats(width=32, allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def rewritten(value: Any) -> Any:
    """What a sender or a store may make of JSON: whole numbers with a fraction, members in another order."""
    match value:
        case bool():
            return value
        case int() if abs(value) < 2**53:
            return float(value)
        case dict():
            return {name: rewritten(value[name]) for name in reversed(value)}
        case list():
            return [rewritten(one) for one in value]
    return value


@given(JSON)
def test_whatever_rewrites_it_leaves_the_digest(value: Any) -> None:
    assert digests(json.dumps(value)) == digests(json.dumps(rewritten(value)))
