"""Physical partitions: the effective partition key (hash version 2) and the ranges that tile it."""

import json
import struct
from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple, Self

import mmh3

LOWEST, BEYOND = "", "FF"
WHOLE, DIGITS = 1 << 126, 32
"""Where effective keys end, in so many digits."""


class KeyRange(NamedTuple):
    """A physical partition: its id, and the effective keys from `first` on, up to and without `beyond`."""

    id: str
    first: str
    beyond: str

    @property
    def width(self) -> int:
        """The part of all keys that lies in it."""
        return _number(self.beyond) - _number(self.first)

    def middle(self) -> str | None:
        """Give the key that halves it; None for a range too narrow to be cut."""
        half = _number(self.first) + self.width // 2
        if half == _number(self.first):
            return None
        text = f"{half:0{DIGITS}X}"
        while text.endswith("00"):
            text = text.removesuffix("00")
        return text


class Tiling(NamedTuple):
    """All ranges of a container, in the order of their keys."""

    ids: tuple[str, ...]
    firsts: tuple[str, ...]

    @classmethod
    def of(cls, ranges: Sequence[KeyRange]) -> Self:
        """Lay ranges out that are in order."""
        return cls(tuple(one.id for one in ranges), tuple(one.first for one in ranges))

    def holding(self, effective_key: str) -> str:
        """Find the range that holds a key."""
        return self.ids[bisect_right(self.firsts, effective_key) - 1]


def _number(bound: str) -> int:
    return WHOLE if bound == BEYOND else int(bound.ljust(DIGITS, "0"), 16)


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


def tile(count: int) -> list[KeyRange]:
    """Cut the space of effective keys into equal ranges."""
    width = (WHOLE - 1) // count
    cuts = [LOWEST, *(f"{number * width:0{DIGITS}X}" for number in range(1, count)), BEYOND]
    return [KeyRange(str(number), cuts[number], cuts[number + 1]) for number in range(count)]
