"""What reading the archive costs beside fastavro alone, on the same files, turn by turn."""

import time
import tracemalloc
from pathlib import Path

import pytest
from fastavro import reader

from shared.adapters.archive.folder import FolderArchive
from shared.kernel.ports import ArchivedFile, NumberedMessage
from tests.contracts.archives import HUB, captured, listed, path
from tests.figures import note
from tests.turns import in_turns

pytestmark = pytest.mark.alone

EVENTS, FILES, TURNS = 5_000, 4, 5
MOST = 2.0
BODY = b"{}".rjust(600)
MEGABYTES = 8.0


def fill(root: Path, files: int, events: int) -> FolderArchive:
    """Write an archive of one partition."""
    for window in range(files):
        first = window * events
        messages = [NumberedMessage(number, BODY) for number in range(first, first + events)]
        file = root / path(0, window)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(captured(messages, block=16_000))
    return FolderArchive(root, HUB)


async def read(archive: FolderArchive, files: list[ArchivedFile]) -> int:
    """Reads all messages, and keeps none."""
    count = 0
    for file in files:
        async for block in archive.read(file):
            count += len(block)
    return count


async def read_alone(root: Path, files: list[ArchivedFile]) -> None:
    """Reads all records with fastavro, and keeps none."""
    for file in files:
        with (root / file.name).open("rb") as opened:
            for _ in reader(opened):
                pass


async def test_the_archive_is_read_at_no_more_than_twice_the_cost_of_its_format(
    tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    archive = fill(tmp_path, FILES, EVENTS)
    files = await listed(archive, 0)
    assert await read(archive, files) == EVENTS * FILES

    found = await in_turns(
        lambda: read_alone(tmp_path, files),
        lambda: read(archive, files),
        TURNS,
        time.process_time,
        MOST,
    )

    rate = EVENTS * FILES / found.medians[1]
    note(
        pytestconfig,
        f"archive: {rate:,.0f} events a second, at {found.ratio:.2f} of what fastavro takes alone",
    )
    assert found.ratio <= MOST


async def test_however_large_a_file_is_reading_takes_as_little_memory(tmp_path: Path) -> None:
    peaks = []
    for events in (2_000, 20_000):
        archive = fill(tmp_path / str(events), 1, events)
        files = await listed(archive, 0)
        tracemalloc.start()
        assert await read(archive, files) == events
        peaks.append(tracemalloc.get_traced_memory()[1] / 1_000_000)
        tracemalloc.stop()

    small, large = peaks
    assert large < small * 1.2
    assert large < MEGABYTES
