"""The publisher: per stream in the order of versions, one send a partition, nothing kept from the log."""

import random
from collections.abc import Sequence

import pytest
from pydantic_core import to_json

from shared.adapters.memory import MemoryLog
from shared.kernel.commit import Commit, to_item
from shared.kernel.envelope import decode
from shared.kernel.errors import InvalidMessage, LogUnavailable
from shared.kernel.partition import partition_of
from shared.kernel.stream import StreamName
from single_publisher.publish import publish
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


async def test_the_events_of_a_stream_reach_one_partition_in_the_order_of_their_versions() -> None:
    log = MemoryLog(partitions=4)

    await publish(batch(hundred_streams()), log)

    versions: dict[str, list[int]] = {}
    for partition, bodies in enumerate(log.messages):
        for envelope in map(decode, bodies):
            assert partition_of(envelope.subject, 4) == partition
            versions.setdefault(envelope.subject, []).append(envelope.sequence)
    assert versions == {f"item-SKU{number}": [1, 2, 3, 4, 5, 6] for number in range(100)}


async def test_a_batch_of_a_hundred_streams_is_one_send_a_partition() -> None:
    log = CountingLog(partitions=4)

    await publish(batch(hundred_streams()), log)

    assert sorted(log.sends) == [0, 1, 2, 3]


async def test_a_partition_that_is_away_fails_the_batch_but_not_the_others() -> None:
    log = CountingLog(partitions=4, failing=2)

    with pytest.raises(ExceptionGroup) as told:
        await publish(batch(hundred_streams()), log)

    assert told.group_contains(LogUnavailable)
    assert [bool(bodies) for bodies in log.messages] == [True, True, False, True]


async def test_an_item_that_is_no_commit_fails_the_batch_before_anything_is_sent() -> None:
    log = MemoryLog(partitions=4)
    items = batch(hundred_streams())[:-1] + ', {"id": "x", "stream": "item-SKU1"}]'

    with pytest.raises(InvalidMessage):
        await publish(items, log)

    assert log.messages == [[], [], [], []]
