"""How fast the log is read out of archived files, beside a reader of Avro alone, and how much of it is kept."""

import time
import tracemalloc
from pathlib import Path

import pytest
from fastavro import reader

from consumers.replay.log import Place, WholeLog
from shared.adapters.archive.folder import FolderArchive
from shared.adapters.memory import MemoryLog
from shared.kernel.messages.envelope import encode_all
from shared.kernel.ports import NumberedMessage
from tests.contracts.archives import captured
from tests.figures import note
from tests.kernel.worlds import commit, received
from tests.sizes import size
from tests.turns import in_turns

MOST = 2.0
"""Times as long as fastavro alone takes for the same files."""

FILES, MESSAGES, ROUNDS = 3, 4_000, 3
BLOCK = 16_000
"""Bytes of a block of Avro, as its writers make them."""
HUB = "emulator/events"


class Emptied(MemoryLog):
    """A hub that has had so many messages, and holds none any more."""

    def __init__(self, messages: int) -> None:
        super().__init__(partitions=1)
        self.had = messages

    async def extents(self) -> list[tuple[int, int]]:
        return [(self.had, self.had - 1)]


def written(root: Path, files: int) -> list[Path]:
    """Write files as Capture does, each for a minute."""
    paths: list[Path] = []
    for file in range(files):
        first = file * MESSAGES
        messages = [
            NumberedMessage(number, *encode_all(commit(number + 1, received(number))))
            for number in range(first, first + MESSAGES)
        ]
        path = root / HUB / f"0/2026/11/23/{file // 60:02}/{file % 60:02}/00.avro"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(captured(messages, BLOCK))
        paths.append(path)
    return paths


async def read(root: Path, files: int) -> int:
    """Read all that the archive has, and count it."""
    log = WholeLog(Emptied(files * MESSAGES), FolderArchive(root, HUB))
    return sum([len(part.messages) async for part in log.read(0, Place())])


@pytest.mark.alone
async def test_replay_reads_at_least_half_as_fast_as_avro_alone_can_be_read(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    paths = written(tmp_path, FILES)

    async def alone() -> None:
        found = 0
        for path in paths:
            with path.open("rb") as file:
                found += sum(1 for _ in reader(file))
        assert found == FILES * MESSAGES

    async def replay() -> None:
        assert await read(tmp_path, FILES) == FILES * MESSAGES

    found = await in_turns(alone, replay, ROUNDS, time.process_time, MOST)

    note(request.config, f"replay beside fastavro alone: {found.ratio:.2f} times as long")
    assert found.ratio <= MOST


@pytest.mark.long
async def test_replay_keeps_no_more_of_many_files_than_of_few(tmp_path: Path) -> None:
    few, many = 2, size(5, 250)

    async def peak(files: int) -> int:
        root = tmp_path / str(files)
        written(root, files)
        tracemalloc.start()
        try:
            assert await read(root, files) == files * MESSAGES
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert await peak(many) < 1.2 * await peak(few)
