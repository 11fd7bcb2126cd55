"""Physical partitions: the effective partition key (hash version 2) and the ranges that tile it."""

import json
import struct
from functools import lru_cache

import mmh3

LOWEST, BEYOND = "", "FF"


@lru_cache(maxsize=65_536)
def effective_partition_key(partition_key: str) -> str:
    """Hash a partition key, given as JSON, as the service does: murmurhash3 x64 128, upper hex."""
    value = json.loads(partition_key)
    match value:
        case str():
            encoded = b"\x08" + value.encode() + b"\xff"
        case bool():
            encoded = b"\x03" if value else b"\x02"
        case int() | float():
            encoded = b"\x05" + struct.pack("<d", value)
        case dict():
            # An item without the property: neither null nor any other value.
            encoded = b"\x00"
        case _:
            encoded = b"\x01"
    hashed = bytearray(mmh3.hash_bytes(encoded, 0, True)[::-1])
    hashed[0] &= 0x3F
    return hashed.hex().upper()


def tile(count: int) -> list[tuple[str, str, str]]:
    """Cut the space of effective keys into equal ranges: (id, first, beyond)."""
    cuts = [LOWEST, *(f"{0x40 * number // count:02X}" for number in range(1, count)), BEYOND]
    return [(str(number), cuts[number], cuts[number + 1]) for number in range(count)]


def range_of(effective_key: str, count: int) -> str:
    """Find the range that holds an effective key."""
    first_byte = int(effective_key[:2], 16)
    found = 0
    for number in range(1, count):
        if first_byte >= 0x40 * number // count:
            found = number
    return str(found)
