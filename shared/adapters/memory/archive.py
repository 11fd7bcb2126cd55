"""The archive in memory."""

from collections.abc import AsyncGenerator, Sequence
from itertools import batched

from shared.kernel.ports import ArchiveDamaged, ArchivedFile, ArchiveUnavailable, NumberedMessage


class MemoryArchive:
    """Holds files by name; of one that is `cut` only so many messages can be read; `away`, it answers nobody."""

    def __init__(self, block: int = 100) -> None:
        self._block = block
        self.kept: dict[str, Sequence[NumberedMessage]] = {}
        self.cut: dict[str, int] = {}
        self.away = False

    def keep(self, partition: int, window: int, messages: Sequence[NumberedMessage]) -> str:
        """Keep the messages of a window of time in a file; returns its name."""
        name = f"{partition}/{window:06}.avro"
        self.kept[name] = messages
        return name

    async def files(self, partition: int) -> AsyncGenerator[ArchivedFile]:
        self._check()
        for name in sorted(self.kept):
            if name.startswith(f"{partition}/"):
                yield ArchivedFile(name, sum(len(one.body) for one in self.kept[name]))

    async def read(self, file: ArchivedFile) -> AsyncGenerator[Sequence[NumberedMessage]]:
        self._check()
        if file.name not in self.kept:
            raise ArchiveUnavailable(f"the archived file '{file.name}' is gone")
        messages = self.kept[file.name][: self.cut.get(file.name)]
        for block in batched(messages, self._block, strict=False):
            yield block
        if file.name in self.cut:
            last = messages[-1].number if messages else None
            raise ArchiveDamaged(file.name, last, "it was cut")

    def _check(self) -> None:
        if self.away:
            raise ArchiveUnavailable("the archive does not answer")
