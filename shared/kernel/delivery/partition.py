"""From a stream to a partition of the log: our own mapping, so that nobody's change can reorder a stream.

Bob Jenkins' lookup3 (hashlittle2, burtleburtle.net/bob/c/lookup3.c) over UTF-8, folded to 16 bits.
"""

from functools import lru_cache

from shared.kernel.errors import ConfigurationError

_MASK = 0xFFFFFFFF


def check_partitions(hub: str, found: int, expected: int) -> None:
    """Compare the partitions of a hub with the settings; raises ConfigurationError."""
    if found != expected:
        raise ConfigurationError(
            f"the hub {hub} has {found} partitions, the settings say {expected}: another number"
            " would take streams to other partitions, and break their order"
        )


def partition_of(stream: str, partitions: int) -> int:
    """Give the partition of a stream: `abs(hash % partitions)` with the remainder of C."""
    return abs(stream_hash(stream)) % partitions


@lru_cache(maxsize=65_536)
def stream_hash(stream: str) -> int:
    """Hash a stream's name to a signed 16-bit number."""
    c, b = _lookup3(stream.encode())
    folded = (c ^ b) & 0xFFFF
    return folded - 0x10000 if folded & 0x8000 else folded


def _lookup3(key: bytes) -> tuple[int, int]:
    a = b = c = (0xDEADBEEF + len(key)) & _MASK
    if not key:
        return c, b
    last = (len(key) - 1) // 12 * 12
    for start in range(0, last, 12):
        x, y, z = _words(key[start : start + 12])
        a, b, c = _mix((a + x) & _MASK, (b + y) & _MASK, (c + z) & _MASK)
    x, y, z = _words(key[last:].ljust(12, b"\0"))
    return _final((a + x) & _MASK, (b + y) & _MASK, (c + z) & _MASK)


def _words(block: bytes) -> tuple[int, int, int]:
    return (
        int.from_bytes(block[0:4], "little"),
        int.from_bytes(block[4:8], "little"),
        int.from_bytes(block[8:12], "little"),
    )


def _rotate(value: int, bits: int) -> int:
    return ((value << bits) | (value >> (32 - bits))) & _MASK


def _mix(a: int, b: int, c: int) -> tuple[int, int, int]:
    a, c = (a - c) & _MASK ^ _rotate(c, 4), (c + b) & _MASK
    b, a = (b - a) & _MASK ^ _rotate(a, 6), (a + c) & _MASK
    c, b = (c - b) & _MASK ^ _rotate(b, 8), (b + a) & _MASK
    a, c = (a - c) & _MASK ^ _rotate(c, 16), (c + b) & _MASK
    b, a = (b - a) & _MASK ^ _rotate(a, 19), (a + c) & _MASK
    c, b = (c - b) & _MASK ^ _rotate(b, 4), (b + a) & _MASK
    return a, b, c


def _final(a: int, b: int, c: int) -> tuple[int, int]:
    c = ((c ^ b) - _rotate(b, 14)) & _MASK
    a = ((a ^ c) - _rotate(c, 11)) & _MASK
    b = ((b ^ a) - _rotate(a, 25)) & _MASK
    c = ((c ^ b) - _rotate(b, 16)) & _MASK
    a = ((a ^ c) - _rotate(c, 4)) & _MASK
    b = ((b ^ a) - _rotate(a, 14)) & _MASK
    c = ((c ^ b) - _rotate(b, 24)) & _MASK
    return c, b
