"""A publisher between a store and a log, and batches as the trigger brings them."""

import random
from collections.abc import Sequence

from pydantic_core import to_json

from shared.adapters.cosmos.codec import to_item
from shared.adapters.memory import MemoryEventStore, MemoryLog, MemoryParking
from shared.kernel.delivery.partition import partition_of
from shared.kernel.errors import (
    LogUnavailable,
)
from shared.kernel.messages.commit import Commit
from shared.kernel.messages.envelope import decode
from shared.kernel.messages.stream import StreamName
from single_publisher.publish import Publisher
from tests.consumers.worlds import now
from tests.kernel.worlds import commit, received


class CountingLog(MemoryLog):
    def __init__(self, partitions: int, failing: int | None = None) -> None:
        super().__init__(partitions)
        self.sends: list[int] = []
        self.failing = failing

    async def send(self, partition: int, bodies: Sequence[bytes]) -> None:
        self.sends.append(partition)
        if partition == self.failing:
            raise LogUnavailable("this partition is away")
        await super().send(partition, bodies)


class World:
    """A publisher on memory twins."""

    def __init__(self, log: MemoryLog) -> None:
        self.log = log
        self.store = MemoryEventStore()
        self.parking = MemoryParking()

    @property
    def publisher(self) -> Publisher:
        return Publisher(self.log, self.store, self.parking, now)

    def published(self) -> dict[str, list[int]]:
        """The versions of each stream, in the order of the log."""
        versions: dict[str, list[int]] = {}
        for partition, bodies in enumerate(self.log.messages):
            for envelope in map(decode, bodies):
                assert partition_of(envelope.subject, 4) == partition
                versions.setdefault(envelope.subject, []).append(envelope.sequence)
        return versions


async def publish(documents: str, log: MemoryLog) -> None:
    await World(log).publisher.publish(documents)


def hundred_streams() -> list[Commit]:
    return [
        commit(version, received(1), received(2), stream=StreamName("item", f"SKU{number}"))
        for number in range(100)
        for version in (2, 4, 6)
    ]


def batch(commits: Sequence[Commit], seed: int = 1) -> str:
    shuffled = list(commits)
    random.Random(seed).shuffle(shuffled)
    return to_json([{**to_item(one), "_lsn": 7, "_ts": 1} for one in shuffled]).decode()
