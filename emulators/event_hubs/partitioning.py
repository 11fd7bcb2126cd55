"""Where a partition key belongs: Jenkins' lookup3, folded as the service does.

Mapping as in the .NET client ("a direct port of the service's code"): `abs(hash) % n` over UTF-8 bytes.
"""

_MASK = 0xFFFFFFFF


def partition_of(key: str, partitions: int) -> int:
    """Choose the partition of a key."""
    # abs first: C's remainder keeps the sign, Python's does not.
    return abs(hash_of(key)) % partitions


def hash_of(key: str) -> int:
    """Hash a key to 16 bits with a sign."""
    data = key.encode()
    a = b = c = (0xDEADBEEF + len(data)) & _MASK
    while len(data) > 12:  # noqa: PLR2004 - three words
        a, b, c = _mix(*_add(a, b, c, data[:12]))
        data = data[12:]
    if data:
        b, c = _finish(*_add(a, b, c, data.ljust(12, b"\0")))
    folded = (b ^ c) & 0xFFFF
    return folded - 0x10000 if folded >= 0x8000 else folded  # noqa: PLR2004 - the sign bit


def _add(a: int, b: int, c: int, words: bytes) -> tuple[int, int, int]:
    return (
        (a + int.from_bytes(words[:4], "little")) & _MASK,
        (b + int.from_bytes(words[4:8], "little")) & _MASK,
        (c + int.from_bytes(words[8:], "little")) & _MASK,
    )


def _turn(x: int, bits: int) -> int:
    return ((x << bits) | (x >> (32 - bits))) & _MASK


def _mix(a: int, b: int, c: int) -> tuple[int, int, int]:
    for bits in (4, 6, 8, 16, 19, 4):
        a = ((a - c) & _MASK) ^ _turn(c, bits)
        c = (c + b) & _MASK
        a, b, c = b, c, a
    return a, b, c


def _finish(a: int, b: int, c: int) -> tuple[int, int]:
    for bits in (14, 11, 25, 16, 4, 14, 24):
        c = ((c ^ b) - _turn(b, bits)) & _MASK
        a, b, c = b, c, a
    # Seven turns of three: what was c stands in b now, and what was b in a.
    return a, b
