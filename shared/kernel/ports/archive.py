"""What the kernel asks of the archive: files in which the log keeps all that it has ever held.

A file holds messages of one partition, in the order of their numbers. Where nothing came there is no file, and one
may be there twice or late: only the numbers prove that nothing is missing, never the times in the names of files.
"""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Protocol

from shared.kernel.errors import OnewriteError
from shared.kernel.ports.log import NumberedMessage


class ArchiveUnavailable(OnewriteError):
    """The archive did not answer, or no longer has a file that it has listed."""

    code = "archive-unavailable"
    transient = True


class ArchiveDamaged(OnewriteError):
    """A file cannot be read to its end: `last` is the last number that can be read, None if there is none."""

    code = "archive-damaged"

    def __init__(self, file: str, last: int | None, why: str) -> None:
        readable = "nothing in it can be read" if last is None else f"readable up to {last}"
        super().__init__(f"the archived file '{file}' is damaged, {readable}: {why}")
        self.file = file
        self.last = last


@dataclass(frozen=True, slots=True)
class ArchivedFile:
    """A file of the archive by the name that an operator finds it under, and its bytes."""

    name: str
    size: int


class Archive(Protocol):
    """All that the log has ever held. Whoever stops early closes what these methods give (`aclosing`)."""

    def files(self, partition: int) -> AsyncGenerator[ArchivedFile]:
        """List the files of a partition in the order of their time, and open none; raises ArchiveUnavailable."""
        ...

    def read(self, file: ArchivedFile) -> AsyncGenerator[Sequence[NumberedMessage]]:
        """Read a file block by block, of which one is in memory; an empty file has no block.

        Raises ArchiveUnavailable, and ArchiveDamaged behind the last message that can be read.
        """
        ...
