"""What becomes of batches in a chaos run: some are passed over, and who handled the others is written down."""

import os
import zlib
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Collection, Sequence
from pathlib import Path

from consumers.place_in_hub import Follower
from shared.kernel.ports import NumberedMessage

PASSED_OVER = "passed-over.txt"
HANDLED = "handled.txt"
"""Which process handled which batch of which consumer."""
ONE_IN, CERTAIN = 6, 2
"""Of so many batches of a consumer the platform passes over one, and that with this message of a partition."""


def passed_over(folder: Path) -> Counter[str]:
    """Count the batches that were passed over while an app ran, by consumer."""
    told = folder / PASSED_OVER
    return Counter(told.read_text(encoding="utf-8").split() if told.exists() else ())


def came_again(folder: Path, ended: Collection[int]) -> int:
    """Count the batches that processes which have ended had handled, and others have handled again."""
    processes: dict[str, set[int]] = defaultdict(set)
    for line in (folder / HANDLED).read_text(encoding="utf-8").splitlines():
        process, batch = line.split(maxsplit=1)
        processes[batch].add(int(process))
    return sum(1 for by in processes.values() if len(by) > 1 and by & set(ended))


def lossy(told: Path) -> Callable[[Follower, Sequence[NumberedMessage]], Awaitable[None]]:
    """Have batches count as done that nobody has handled: the platform takes its checkpoint all the same."""
    take = Follower.take

    async def handle(self: Follower, messages: Sequence[NumberedMessage]) -> None:
        # The same batch has the same fate, whoever is brought it.
        fate = zlib.crc32(f"{self.consumer} {messages[0].number}".encode()) % ONE_IN
        if fate and CERTAIN not in {one.number for one in messages}:
            await take(self, messages)
            with told.with_name(HANDLED).open("a", encoding="utf-8") as file:
                file.write(f"{os.getpid()} {self.consumer} {zlib.crc32(messages[0].body)}\n")
            return
        with told.open("a", encoding="utf-8") as file:
            file.write(f"{self.consumer}\n")

    return handle
