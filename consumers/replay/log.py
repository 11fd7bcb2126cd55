"""Restore, then subscribe: all that a partition has ever held, out of the archive, and behind it out of the hub.

Numbers alone prove that nothing is missing. What is there twice is given once, by its number; a hole stops it.
"""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from consumers.replay.holes import broken, lacking
from shared.kernel.ports import Archive, ArchiveDamaged, ArchivedFile, LogReader, NumberedMessage

PAGE = 1_000
"""So many messages of the hub are in memory at once."""


class Place(BaseModel):
    """How far a partition is read: the last number, the last file that was read, and whether the hub was."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    number: int = -1
    file: str = ""
    in_hub: bool = False


class Part(NamedTuple):
    """Messages that follow what was given before, and where they end."""

    messages: Sequence[NumberedMessage]
    place: Place


@dataclass(frozen=True, slots=True)
class WholeLog:
    """The archive and the hub as one log; without an archive the hub must hold everything."""

    hub: LogReader
    archive: Archive | None = None

    async def read(self, partition: int, after: Place) -> AsyncGenerator[Part]:
        """Read from behind a place to where the hub ends when nothing more is there.

        Whoever stops early closes it. Raises LogHole, LogUnavailable and ArchiveUnavailable.
        """
        place, behind_archive, in_vain = after, after.in_hub, False
        while True:
            first, last = (await self.hub.extents())[partition]
            if place.number > last:
                what = f"it ends at {last}, before {place.number}, which was read: it counts anew"
                raise broken(partition, "", what)
            if place.number == last:
                return
            holds_next = first <= place.number + 1
            if in_vain and not holds_next:
                raise lacking(partition, "", place.number, first)
            from_hub, begun = holds_next and behind_archive, place
            read = (
                self._held(partition, place, last) if from_hub else self._archived(partition, place)
            )
            async with aclosing(read) as parts:
                async for part in parts:
                    place = part.place
                    yield part
            # What the hub no longer holds may have come into the archive while the rest was read.
            behind_archive, in_vain = True, not from_hub and place == begun

    async def _archived(self, partition: int, after: Place) -> AsyncGenerator[Part]:
        if self.archive is None:
            return
        reached = after.number
        async with aclosing(self._files(self.archive, partition, after.file)) as files:
            async for file in files:
                async with aclosing(self._blocks(self.archive, partition, file)) as blocks:
                    async for block in blocks:
                        begins, ends = block[0].number, block[-1].number
                        if begins > reached + 1:
                            raise lacking(partition, file.name, reached, begins)
                        if ends > reached:
                            place = Place(number=ends, file=file.name)
                            yield Part(block[reached + 1 - begins :], place)
                            reached = ends

    async def _files(
        self, archive: Archive, partition: int, begin: str
    ) -> AsyncGenerator[ArchivedFile]:
        """List the files of a partition from one on, or all of them if it is gone."""
        passed_over: list[ArchivedFile] = []
        found = not begin
        async with aclosing(archive.files(partition)) as files:
            async for file in files:
                found = found or file.name == begin
                if found:
                    yield file
                else:
                    passed_over.append(file)
        for file in () if found else passed_over:
            yield file

    async def _blocks(
        self, archive: Archive, partition: int, file: ArchivedFile
    ) -> AsyncGenerator[Sequence[NumberedMessage]]:
        """Read a file, whose messages follow one another; raises LogHole where they do not."""
        expected: int | None = None
        async with aclosing(archive.read(file)) as blocks:
            try:
                async for block in blocks:
                    first = block[0].number if expected is None else expected
                    _check_order(partition, file.name, first, [one.number for one in block])
                    expected = first + len(block)
                    yield block
            except ArchiveDamaged as damaged:
                raise broken(partition, file.name, str(damaged)) from damaged

    async def _held(self, partition: int, after: Place, last: int) -> AsyncGenerator[Part]:
        """Read what the hub holds up to a number; ends early where it no longer holds the next."""
        place = after
        while place.number < last:
            found = await self.hub.read(partition, place.number, PAGE)
            numbers = [one.number for one in found]
            if not found or numbers[0] > place.number + 1:
                return
            _check_order(partition, "", place.number + 1, numbers)
            place = Place(number=numbers[-1], file=place.file, in_hub=True)
            yield Part(found, place)


def _check_order(partition: int, file: str, first: int, numbers: Sequence[int]) -> None:
    expected = range(first, first + len(numbers))
    if numbers == list(expected):
        return
    wrong, number = next(pair for pair in zip(expected, numbers, strict=True) if pair[0] != pair[1])
    if number > wrong:
        raise lacking(partition, file, wrong - 1, number)
    raise broken(partition, file, f"{number} comes behind {wrong - 1}: it is out of order")
