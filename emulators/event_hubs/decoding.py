"""Reads AMQP 1.0 values, or steps over them."""

import struct
from collections.abc import Callable
from uuid import UUID

from emulators.event_hubs.refusals import DECODE_ERROR, NOT_IMPLEMENTED, RefusedError
from emulators.event_hubs.values import (
    Byte,
    Described,
    Int,
    Long,
    Short,
    Strings,
    Symbol,
    Symbols,
    Timestamp,
    UByte,
    UInt,
    ULong,
    UShort,
    Value,
)

type Reader = Callable[[bytes, int], tuple[Value, int]]

# The upper half of a format code says how many bytes follow, or how wide the size is that stands first.
_WIDTHS = {0x40: 0, 0x50: 1, 0x60: 2, 0x70: 4, 0x80: 8, 0x90: 16}
_SHORT_SIZES = (0xA0, 0xC0, 0xE0)
_LONG_SIZES = (0xB0, 0xD0, 0xF0)


def decode(data: bytes, at: int = 0) -> tuple[Value, int]:
    """Read the value at a place; gives it with the place behind it, or raises RefusedError."""
    try:
        return _read(data, at)
    except (LookupError, ValueError, TypeError, struct.error, RecursionError) as error:
        raise RefusedError(DECODE_ERROR, f"The bytes are no AMQP value: {error}.") from error


def skip(data: bytes, at: int) -> int:
    """Give the place behind the value at a place, without reading the value; raises RefusedError."""
    values = 1
    while values:
        if data[at : at + 1] == b"\x00":
            # A descriptor and what it describes stand in the place of one value.
            at, values = at + 1, values + 1
        else:
            at, values = _step(data, at), values - 1
    return at


def _step(data: bytes, at: int) -> int:
    kind = data[at] & 0xF0 if at < len(data) else 0
    if kind in _WIDTHS:
        end = at + 1 + _WIDTHS[kind]
    elif kind in _SHORT_SIZES:
        end = at + 2 + int.from_bytes(data[at + 1 : at + 2])
    elif kind in _LONG_SIZES:
        end = at + 5 + int.from_bytes(data[at + 1 : at + 5])
    else:
        raise RefusedError(DECODE_ERROR, f"No AMQP value begins at byte {at}.")
    if end > len(data):
        raise RefusedError(DECODE_ERROR, f"{end - len(data)} bytes are missing.")
    return end


def _read(data: bytes, at: int) -> tuple[Value, int]:
    code = data[at]
    reader = _READERS.get(code)
    if reader is None:
        raise RefusedError(NOT_IMPLEMENTED, f"The AMQP format code 0x{code:02x} is not supported.")
    return reader(data, at + 1)


def _constant(value: Value) -> Reader:
    return lambda _, at: (value, at)


def _fixed(layout: str, make: Callable[[Value], Value]) -> Reader:
    shape = struct.Struct(">" + layout)
    return lambda data, at: (make(shape.unpack_from(data, at)[0]), at + shape.size)


def _variable(layout: str, make: Callable[[bytes], Value]) -> Reader:
    shape = struct.Struct(">" + layout)

    def read(data: bytes, at: int) -> tuple[Value, int]:
        begin = at + shape.size
        end: int = begin + shape.unpack_from(data, at)[0]
        if end > len(data):
            raise IndexError(f"{end - len(data)} bytes are missing")
        return make(data[begin:end]), end

    return read


def _uuid(data: bytes, at: int) -> tuple[UUID, int]:
    if at + 16 > len(data):
        raise IndexError("a UUID has 16 bytes")
    return UUID(bytes=data[at : at + 16]), at + 16


def _many(data: bytes, at: int, count: int) -> tuple[list[Value], int]:
    values = []
    for _ in range(count):
        value, at = _read(data, at)
        values.append(value)
    return values, at


def _list(layout: str) -> Reader:
    shape = struct.Struct(layout)
    return lambda data, at: _many(data, at + shape.size, shape.unpack_from(data, at)[1])


def _map(layout: str) -> Reader:
    read = _list(layout)

    def pairs(data: bytes, at: int) -> tuple[dict[Value, Value], int]:
        values, at = read(data, at)
        return dict(zip(values[::2], values[1::2], strict=True)), at

    return pairs


def _array(layout: str) -> Reader:
    shape = struct.Struct(layout)

    def read(data: bytes, at: int) -> tuple[Value, int]:
        count, at = shape.unpack_from(data, at)[1], at + shape.size
        code, at = data[at], at + 1
        if code < 0x50:  # noqa: PLR2004 - these take no bytes: any count would fit anywhere
            raise RefusedError(NOT_IMPLEMENTED, f"Arrays of 0x{code:02x} are not supported.")
        reader, values = _READERS[code], []
        for _ in range(count):
            value, at = reader(data, at)
            values.append(value)
        make = Symbols if code in {0xA3, 0xB3} else Strings if code in {0xA1, 0xB1} else list
        return make(values), at

    return read


def _described(data: bytes, at: int) -> tuple[Described, int]:
    descriptor, at = _read(data, at)
    value, at = _read(data, at)
    return Described(descriptor, value), at


_READERS: dict[int, Reader] = {
    0x00: _described,
    0x40: _constant(None),
    0x41: _constant(True),
    0x42: _constant(False),
    0x43: _constant(UInt(0)),
    0x44: _constant(ULong(0)),
    0x45: lambda _, at: ([], at),
    0x50: _fixed("B", UByte),
    0x51: _fixed("b", Byte),
    0x52: _fixed("B", UInt),
    0x53: _fixed("B", ULong),
    0x54: _fixed("b", Int),
    0x55: _fixed("b", Long),
    0x56: _fixed("?", bool),
    0x60: _fixed("H", UShort),
    0x61: _fixed("h", Short),
    0x70: _fixed("I", UInt),
    0x71: _fixed("i", Int),
    0x72: _fixed("f", float),
    0x80: _fixed("Q", ULong),
    0x81: _fixed("q", Long),
    0x82: _fixed("d", float),
    0x83: _fixed("q", Timestamp),
    0x98: _uuid,
    0xA0: _variable("B", bytes),
    0xA1: _variable("B", lambda raw: str(raw, "utf-8")),
    0xA3: _variable("B", lambda raw: Symbol(raw, "ascii")),
    0xB0: _variable("I", bytes),
    0xB1: _variable("I", lambda raw: str(raw, "utf-8")),
    0xB3: _variable("I", lambda raw: Symbol(raw, "ascii")),
    0xC0: _list(">BB"),
    0xC1: _map(">BB"),
    0xD0: _list(">II"),
    0xD1: _map(">II"),
    0xE0: _array(">BB"),
    0xF0: _array(">II"),
}
