"""Values of AMQP 1.0, written and read: against themselves, and against azure-eventhub's own codec."""

import struct
from collections.abc import Callable
from typing import Any

import pytest
from azure.eventhub._pyamqp._decode import _DECODE_BY_CONSTRUCTOR
from hypothesis import given
from hypothesis import strategies as st

from emulators.event_hubs.decoding import decode, skip
from emulators.event_hubs.encoding import encode
from emulators.event_hubs.refusals import RefusedError
from emulators.event_hubs.values import (
    Byte,
    Described,
    Int,
    Long,
    Short,
    Symbol,
    Symbols,
    Timestamp,
    UByte,
    UInt,
    ULong,
    UShort,
)


def integers(kind: type[int], bits: int, *, signed: bool) -> st.SearchStrategy[int]:
    low = -(2 ** (bits - 1)) if signed else 0
    return st.integers(low, low + 2**bits - 1).map(kind)


SYMBOLS = st.text(st.characters(codec="ascii"), max_size=300).map(Symbol)
KEYS = st.one_of(SYMBOLS, st.text(max_size=300), integers(ULong, 64, signed=False))
SCALARS = st.one_of(
    KEYS,
    st.none(),
    st.booleans(),
    st.floats(allow_nan=False),
    st.binary(max_size=300),
    st.uuids(),
    *(
        integers(kind, bits, signed=False)
        for kind, bits in ((UByte, 8), (UShort, 16), (UInt, 32), (ULong, 64))
    ),
    *(
        integers(kind, bits, signed=True)
        for kind, bits in ((Byte, 8), (Short, 16), (Int, 32), (Long, 64), (Timestamp, 64))
    ),
)
ARRAYS = st.lists(SYMBOLS, max_size=4).map(Symbols)
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS | ARRAYS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=20),
        st.dictionaries(KEYS, inner, max_size=20),
        st.builds(Described, KEYS, inner),
    ),
    max_leaves=20,
)


def shape(value: Any) -> Any:
    """Give a value with its types, which `==` does not compare."""
    match value:
        case list():
            return [shape(item) for item in value]
        case dict():
            return [(shape(key), shape(item)) for key, item in value.items()]
        case Described():
            return (shape(value.descriptor), shape(value.value))
    return (type(value), value)


@given(VALUES)
def test_what_is_written_is_read_again_with_its_types(value: Any) -> None:
    written = encode(value)

    read, end = decode(b"\xff" + written + b"\xff", 1)

    assert shape(read) == shape(value)
    assert end == 1 + len(written)


@given(VALUES)
def test_a_value_is_stepped_over_without_being_read(value: Any) -> None:
    written = encode(value)

    assert skip(b"\xff" + written + b"\xff", 1) == 1 + len(written)


@given(st.lists(SCALARS, max_size=300))
def test_azure_eventhub_reads_the_same(values: list[Any]) -> None:
    written = memoryview(encode(values))

    rest, read = _DECODE_BY_CONSTRUCTOR[written[0]](written[1:])

    assert not rest
    assert read == [value.encode() if isinstance(value, str) else value for value in values]


def outcome(read: Callable[[bytes, int], Any], data: bytes) -> str:
    try:
        read(data, 0)
    except RefusedError as refused:
        return refused.condition
    return "read"


@given(st.binary(max_size=200))
def test_whatever_the_bytes_are_they_are_read_or_refused(data: bytes) -> None:
    outcomes = {outcome(decode, data), outcome(skip, data)}

    assert outcomes <= {"read", "amqp:decode-error", "amqp:not-implemented"}


def test_an_integer_without_a_width_is_not_written() -> None:
    with pytest.raises(TypeError, match="no type for int"):
        encode(7)


def test_nesting_without_end_is_refused() -> None:
    assert outcome(decode, b"\x00" * 100_000) == "amqp:decode-error"
    assert outcome(skip, b"\x00" * 100_000) == "amqp:decode-error"


def test_an_array_cannot_claim_what_takes_no_room() -> None:
    with pytest.raises(RefusedError, match="Arrays of 0x40"):
        decode(struct.pack(">BIIB", 0xF0, 5, 2**32 - 1, 0x40))
