"""The two hashes of Bicep: names that are the same for the same inputs, in every deployment."""

from typing import Final
from uuid import UUID, uuid5

_NAMESPACE: Final = UUID("11fb06fb-712d-4ddd-98c7-e71bbd588830")
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz234567"
_32: Final = 2**32 - 1
_64: Final = 2**64 - 1


def guid(*parts: str) -> str:
    """Returns what `guid` makes of strings: a UUID of version 5, in the resource manager's own namespace."""
    return str(uuid5(_NAMESPACE, "-".join(parts)))


def unique_string(*parts: str) -> str:
    """Returns what `uniqueString` makes of strings: 64 bits in 13 letters and digits."""
    bits = _murmur("-".join(parts).encode())
    return "".join(_LETTERS[(bits << 5 * place & _64) >> 59] for place in range(13))


def _murmur(data: bytes) -> int:
    """Returns a MurmurHash of two interleaved halves of 32 bits each, with the seed 0."""
    low = high = 0
    whole = len(data) - len(data) % 8
    for at in range(0, whole, 8):
        first, second = data[at : at + 4], data[at + 4 : at + 8]
        low = (_rotated(low ^ _first(first), 19) + high) * 5 + 0x561CCD1B & _32
        high = (_rotated(high ^ _second(second), 13) + low) * 5 + 0x0BCAA747 & _32
    low ^= _first(data[whole : whole + 4]) ^ len(data)
    high ^= _second(data[whole + 4 :]) ^ len(data)
    low = low + high & _32
    high = high + low & _32
    low, high = _mixed(low), _mixed(high)
    low = low + high & _32
    return (high + low & _32) << 32 | low


def _first(word: bytes) -> int:
    return _rotated(int.from_bytes(word, "little") * 0x239B961B & _32, 15) * 0xAB0E9789 & _32


def _second(word: bytes) -> int:
    return _rotated(int.from_bytes(word, "little") * 0xAB0E9789 & _32, 17) * 0x239B961B & _32


def _rotated(word: int, by: int) -> int:
    return (word << by | word >> 32 - by) & _32


def _mixed(word: int) -> int:
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        word = (word ^ word >> shift) * factor & _32
    return word ^ word >> 16
