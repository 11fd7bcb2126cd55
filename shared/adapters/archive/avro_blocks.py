"""Where the blocks of an Avro file end, of which a part is there: each says its size, and ends with a mark."""

from typing import Final

MARK: Final = 16
LONGEST_NUMBER: Final = 10


class BlockFault(Exception):
    """What follows is no block."""


def end_of_blocks(part: bytearray, mark: bytes) -> tuple[int, str]:
    """Returns where the last whole block ends, and what is wrong with the bytes behind it, if anything is."""
    end = 0
    try:
        while (next_end := _end_of_block(part, end, mark)) is not None:
            end = next_end
    except BlockFault as fault:
        return end, str(fault)
    return end, ""


def _end_of_block(part: bytearray, begin: int, mark: bytes) -> int | None:
    """Returns where a block ends; None where its end is not there yet."""
    try:
        count, after_count = _number(part, begin)
        size, data = _number(part, after_count)
    except IndexError:
        return None
    if count < 0 or size < 0:
        raise BlockFault(f"a block of {count} records in {size} bytes")
    end = data + size + MARK
    if end > len(part):
        return None
    if part[end - MARK : end] != mark:
        raise BlockFault("a block does not end where it says")
    return end


def _number(part: bytearray, begin: int) -> tuple[int, int]:
    """Reads seven bits a byte, the sign last; returns the number and where it ends.

    Raises IndexError where its end is not there yet.
    """
    read = 0
    for place in range(LONGEST_NUMBER):
        byte = part[begin + place]
        read |= (byte & 0x7F) << (7 * place)
        if byte < 0x80:  # noqa: PLR2004 - the highest bit says that more follows
            return (read >> 1) ^ -(read & 1), begin + place + 1
    raise BlockFault(f"a number has more than {LONGEST_NUMBER} bytes")
