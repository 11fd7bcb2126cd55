"""The archive in a folder, laid out as Capture names its files."""

import asyncio
import os
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing
from itertools import islice
from pathlib import Path
from typing import Final

from shared.adapters.archive.capture_file import SUFFIX, read_messages
from shared.kernel.ports import ArchivedFile, ArchiveUnavailable, NumberedMessage

PIECE: Final = 1 << 20
LISTED: Final = 1_000


class FolderArchive:
    """Reads below `root` what was captured of a hub: `hub` is the path of it, `{namespace}/{hub}`."""

    def __init__(self, root: Path, hub: str) -> None:
        self._root = root
        self._hub = hub

    async def files(self, partition: int) -> AsyncGenerator[ArchivedFile]:
        found = self._found(self._root / self._hub / str(partition))
        try:
            while some := await asyncio.to_thread(lambda: list(islice(found, LISTED))):
                for file in some:
                    yield file
        except OSError as error:
            raise ArchiveUnavailable(f"the archive: {error}") from error

    def _found(self, folder: Path) -> Iterator[ArchivedFile]:
        if not self._root.is_dir():
            raise NotADirectoryError(f"there is no folder {self._root}")
        for path in _walked(folder) if folder.is_dir() else ():
            name = Path(path).relative_to(self._root).as_posix()
            yield ArchivedFile(name, Path(path).stat().st_size)

    async def read(self, file: ArchivedFile) -> AsyncGenerator[Sequence[NumberedMessage]]:
        async with aclosing(self._pieces(file)) as pieces:
            async for messages in read_messages(file, pieces):
                yield messages

    async def _pieces(self, file: ArchivedFile) -> AsyncGenerator[bytes]:
        try:
            opened = await asyncio.to_thread((self._root / file.name).open, "rb")
            with opened:
                while piece := await asyncio.to_thread(opened.read, PIECE):
                    yield piece
        except OSError as error:
            raise ArchiveUnavailable(f"the archived file '{file.name}': {error}") from error


def _walked(folder: str | Path) -> Iterator[str]:
    """Gives the files below a folder in the order of their paths, one folder after another in memory."""
    with os.scandir(folder) as entries:
        ordered = sorted(entries, key=lambda entry: entry.name)
    for entry in ordered:
        if entry.is_dir():
            yield from _walked(entry.path)
        elif entry.name.endswith(SUFFIX):
            yield entry.path
