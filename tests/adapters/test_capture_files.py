"""Files of Capture, read piece by piece: what can be read of them is, and damage is named."""

from collections.abc import AsyncIterator
from io import BytesIO
from random import Random

import pytest
from fastavro import writer

from shared.adapters.archive.capture_file import LARGEST_HEADER, MOST, read_messages
from shared.kernel.ports import ArchivedFile, NumberedMessage
from tests.contracts.archives import captured, numbered, read_to_the_end

FILE = ArchivedFile("0/00.avro", 0)
MESSAGES = numbered(5, 4_004)


async def cut(file: bytes, size: int) -> AsyncIterator[bytes]:
    for begin in range(0, len(file), size):
        yield file[begin : begin + size]


async def blocks(file: bytes, size: int = 1 << 20) -> list[list[NumberedMessage]]:
    return [list(block) async for block in read_messages(FILE, cut(file, size))]


async def readable(file: bytes, size: int = 1 << 20) -> tuple[list[NumberedMessage], str]:
    """Returns what can be read, and what is said of the rest, if anything is."""
    found, damage = await read_to_the_end(read_messages(FILE, cut(file, size)))
    if damage is None:
        return found, ""
    assert damage.last == (found[-1].number if found else None)
    return found, str(damage)


@pytest.mark.parametrize("size", [17, 999, LARGEST_HEADER, 1 << 20])
async def test_pieces_of_any_size_give_the_same(size: int) -> None:
    assert await readable(captured(MESSAGES), size) == (MESSAGES, "")


async def test_a_file_of_one_block_is_given_in_parts() -> None:
    found = await blocks(captured(MESSAGES, block=10_000_000))

    assert [len(block) for block in found] == [MOST] * 4


@pytest.mark.parametrize("file", [b"", captured([])])
async def test_a_file_without_a_message_gives_nothing(file: bytes) -> None:
    assert await blocks(file) == []


@pytest.mark.parametrize("size", [100, 1 << 20])
async def test_wherever_a_file_ends_all_whole_blocks_are_read(size: int) -> None:
    messages = numbered(5, 304)
    file, header = captured(messages, block=1_000), len(captured([]))
    last = -1

    for end in range(1, len(file), 97):
        found, said = await readable(file[:end], size)
        assert found == messages[: len(found)]
        assert len(found) >= last
        # Only the end of a block may be taken for that of the file.
        assert said or end == header or found
        last = len(found)
    assert last > 250


async def test_a_block_that_does_not_end_where_it_says_is_named_behind_those_before() -> None:
    file = bytearray(captured(MESSAGES))
    file[len(file) // 2 :] = bytes(len(file) - len(file) // 2)

    found, said = await readable(bytes(file))

    assert 1_900 < len(found) < 2_000
    assert said == (
        f"the archived file '0/00.avro' is damaged, readable up to {found[-1].number}:"
        " a block does not end where it says"
    )


async def test_damage_within_a_block_is_named_behind_the_message_before_it() -> None:
    file = bytearray(captured(MESSAGES, block=10_000_000))
    file[file.index(MESSAGES[1_500].body) - 2] = 0xFF

    found, said = await readable(bytes(file))

    assert found == MESSAGES[:1_500]
    assert "readable up to 1504" in said


async def test_whichever_byte_changes_nothing_but_damage_is_told() -> None:
    messages = numbered(5, 304)
    whole, random = captured(messages, block=1_000), Random(27)
    told = 0

    for _ in range(300):
        file = bytearray(whole)
        file[random.randrange(len(file))] = random.randrange(256)
        _, said = await readable(bytes(file), 5_000)
        told += said != ""

    assert told > 60


@pytest.mark.parametrize(
    ("file", "why"),
    [
        (b"this is no Avro" * 10_000, "its header: cannot read header"),
        (captured([])[:100], "its header: cannot read header"),
        (captured(MESSAGES).replace(b"EventData", b"Event\xffata"), "its header: "),
        (captured(MESSAGES).replace(b'"Body"', b'"Soul"'), "Event Hubs Capture did not write it"),
    ],
)
async def test_what_is_no_file_of_capture_is_named(file: bytes, why: str) -> None:
    found, said = await readable(file)

    assert not found
    assert said.startswith(
        f"the archived file '0/00.avro' is damaged, nothing in it can be read: {why}"
    )


async def test_a_file_of_something_else_than_records_is_named() -> None:
    file = BytesIO()
    writer(file, "string", ["a"])

    assert "Event Hubs Capture did not write it" in (await readable(file.getvalue()))[1]
