"""What every archive promises."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import pytest

from shared.adapters.memory import MemoryArchive
from shared.kernel.ports import ArchiveUnavailable, NumberedMessage
from tests.contracts.archives import (
    InBlobs,
    InFolder,
    InMemory,
    Kept,
    listed,
    numbered,
    read,
    read_to_the_end,
)
from tests.contracts.azurite import azurite, fresh_container, with_azurite

__all__ = ["azurite"]


@pytest.fixture(params=["memory", "folder", pytest.param("blobs", marks=with_azurite)])
async def kept(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Kept]:
    if request.param == "memory":
        yield InMemory(MemoryArchive())
    elif request.param == "folder":
        root = tmp_path / "capture"
        root.mkdir()
        yield InFolder(root)
    else:
        async with fresh_container(request.getfixturevalue("azurite")) as archive:
            yield InBlobs(archive)


async def test_the_files_of_a_partition_are_listed_in_order_of_time(kept: Kept) -> None:
    # Across the end of a day, of a month, and of a year.
    windows = (0, 1, 2, 300, 3, 9_000)
    for window in windows:
        await kept.keep(1, window, numbered(window, window))
    await kept.keep(0, 0, numbered(0, 5))
    await kept.keep(11, 0, numbered(0, 5))

    files = await listed(kept.port, 1)

    assert [(await read(kept.port, file))[0].number for file in files] == sorted(windows)
    assert all(file.size > 0 for file in files)
    assert len(await listed(kept.port, 0)) == 1
    assert await listed(kept.port, 2) == []


async def test_a_file_is_read_in_blocks_with_its_numbers_and_bodies(kept: Kept) -> None:
    messages = numbered(7, 1_206)
    await kept.keep(0, 0, messages)

    [file] = await listed(kept.port, 0)
    blocks = [block async for block in kept.port.read(file)]

    assert [message for block in blocks for message in block] == messages
    assert len(blocks) > 1
    assert all(blocks)


async def test_a_file_that_is_larger_than_what_is_read_at_once_is_read_whole(kept: Kept) -> None:
    messages = [NumberedMessage(number, b"%d" % number * 600) for number in range(1_000, 3_500)]
    await kept.keep(0, 0, messages)

    [file] = await listed(kept.port, 0)

    assert file.size > 5_000_000
    assert await read(kept.port, file) == messages


async def test_who_has_enough_stops_early(kept: Kept) -> None:
    await kept.keep(0, 0, numbered(7, 1_206))
    [file] = await listed(kept.port, 0)

    async with aclosing(kept.port.read(file)) as blocks:
        first = await anext(blocks)

    assert first[0].number == 7
    assert len(await read(kept.port, file)) == 1_200


async def test_an_empty_body_is_empty(kept: Kept) -> None:
    await kept.keep(0, 0, [NumberedMessage(3, b"")])

    [file] = await listed(kept.port, 0)

    assert await read(kept.port, file) == [NumberedMessage(3, b"")]


async def test_an_empty_file_gives_nothing(kept: Kept) -> None:
    await kept.keep(0, 0, [])

    [file] = await listed(kept.port, 0)

    assert await read(kept.port, file) == []


async def test_a_cut_file_is_named_behind_the_last_message_that_can_be_read(kept: Kept) -> None:
    name = await kept.keep(0, 0, numbered(100, 2_099))
    await kept.cut(name)
    [file] = await listed(kept.port, 0)

    found, damage = await read_to_the_end(kept.port.read(file))

    assert 900 <= len(found) <= 1_000
    assert found == numbered(100, found[-1].number)
    assert damage
    assert (damage.file, damage.last) == (name, found[-1].number)
    assert name in str(damage)


async def test_a_file_that_is_gone_is_named(kept: Kept) -> None:
    name = await kept.keep(0, 0, numbered(0, 5))
    [file] = await listed(kept.port, 0)
    await kept.remove(name)

    with pytest.raises(ArchiveUnavailable, match=name):
        await read(kept.port, file)


async def test_an_archive_that_does_not_answer_is_told_from_an_empty_one(kept: Kept) -> None:
    assert await listed(kept.port, 0) == []
    await kept.lose()

    with pytest.raises(ArchiveUnavailable):
        await listed(kept.port, 0)
