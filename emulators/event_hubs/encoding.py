"""Writes AMQP 1.0 values, each in its shortest form."""

import struct
from collections.abc import Callable
from uuid import UUID

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

_SHORT = 255


def encode(value: Value) -> bytes:
    """Write one value; raises TypeError when AMQP has no type for it, as for a bare int."""
    writer = _WRITERS.get(type(value))
    if writer is None:
        raise TypeError(f"AMQP has no type for {type(value).__name__}: {value!r}")
    return writer(value)


def encode_list(values: list[Value]) -> bytes:
    """Write a list in the form with a size, which performatives need even when it is empty."""
    return _compound(0xC0, 0xD0, len(values), b"".join(map(encode, values)))


def _compound(short: int, long: int, count: int, body: bytes) -> bytes:
    if len(body) < _SHORT and count <= _SHORT:
        return struct.pack(">BBB", short, len(body) + 1, count) + body
    return struct.pack(">BII", long, len(body) + 4, count) + body


def _variable(short: int, long: int, body: bytes) -> bytes:
    if len(body) <= _SHORT:
        return struct.pack(">BB", short, len(body)) + body
    return struct.pack(">BI", long, len(body)) + body


def _fixed(code: int, layout: str) -> Callable[[Value], bytes]:
    pack = struct.Struct(">B" + layout).pack
    return lambda value: pack(code, value)


def _unsigned(zero: int, small: int, wide: Callable[[Value], bytes]) -> Callable[[Value], bytes]:
    def write(value: Value) -> bytes:
        if value == 0:
            return bytes((zero,))
        return bytes((small, value)) if value <= _SHORT else wide(value)

    return write


def _signed(small: int, wide: Callable[[Value], bytes]) -> Callable[[Value], bytes]:
    pack = struct.Struct(">Bb").pack
    return lambda value: pack(small, value) if -128 <= value <= 127 else wide(value)  # noqa: PLR2004 - a byte


def _array(code: int, values: tuple[str, ...]) -> bytes:
    encoded = [value.encode() for value in values]
    body = b"".join(struct.pack(">I", len(value)) + value for value in encoded)
    return struct.pack(">BIIB", 0xF0, len(body) + 5, len(values), code) + body


def _map(value: dict[Value, Value]) -> bytes:
    body = b"".join(encode(key) + encode(item) for key, item in value.items())
    return _compound(0xC1, 0xD1, 2 * len(value), body)


_WRITERS: dict[type, Callable[[Value], bytes]] = {
    type(None): lambda _: b"\x40",
    bool: lambda value: b"\x41" if value else b"\x42",
    UByte: _fixed(0x50, "B"),
    UShort: _fixed(0x60, "H"),
    UInt: _unsigned(0x43, 0x52, _fixed(0x70, "I")),
    ULong: _unsigned(0x44, 0x53, _fixed(0x80, "Q")),
    Byte: _fixed(0x51, "b"),
    Short: _fixed(0x61, "h"),
    Int: _signed(0x54, _fixed(0x71, "i")),
    Long: _signed(0x55, _fixed(0x81, "q")),
    Timestamp: _fixed(0x83, "q"),
    float: _fixed(0x82, "d"),
    UUID: lambda value: b"\x98" + value.bytes,
    bytes: lambda value: _variable(0xA0, 0xB0, value),
    str: lambda value: _variable(0xA1, 0xB1, value.encode()),
    Symbol: lambda value: _variable(0xA3, 0xB3, value.encode("ascii")),
    Symbols: lambda values: _array(0xB3, values),
    Strings: lambda values: _array(0xB1, values),
    list: lambda value: encode_list(value) if value else b"\x45",
    dict: _map,
    Described: lambda value: b"\x00" + encode(value.descriptor) + encode(value.value),
}
