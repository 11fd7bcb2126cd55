"""Shelves: messages by their numbers, put into files, and what of them a hub still holds."""

from collections.abc import Sequence

from consumers.replay.log import Place, WholeLog
from shared.adapters.memory import MemoryArchive, MemoryLog
from shared.kernel.ports import NumberedMessage

BEGINNING = Place()


def numbered(first: int, beyond: int) -> list[NumberedMessage]:
    """Give the messages from a number up to another."""
    return [NumberedMessage(number, f"body {number}".encode()) for number in range(first, beyond)]


def hub(messages: int, begin: int = 0) -> MemoryLog:
    """Give a hub of one partition that has got so many messages, and holds those from one on."""
    log = MemoryLog(partitions=1)
    log.messages[0] = [one.body for one in numbered(0, messages)]
    log.expire(0, begin)
    return log


def archive(*files: Sequence[NumberedMessage], block: int = 4) -> MemoryArchive:
    """Give an archive of one partition with these files, in the order of their names."""
    kept = MemoryArchive(block)
    for window, messages in enumerate(files):
        kept.keep(0, window, messages)
    return kept


async def given(log: WholeLog, after: Place = BEGINNING) -> list[int]:
    """Read the numbers of all that the only partition has ever held, and check that each body is its own."""
    found = [one async for part in log.read(0, after) for one in part.messages]
    assert found == [NumberedMessage(one.number, f"body {one.number}".encode()) for one in found]
    return [one.number for one in found]
