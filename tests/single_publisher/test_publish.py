"""The publisher: per stream in the order of versions, one send a partition, nothing kept from the log."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from pydantic_core import from_json, to_json

from emulators.host.newtonsoft import rewrite_dates
from shared.adapters.cosmos.codec import to_item
from shared.adapters.memory import MemoryEventStore, MemoryLog
from shared.kernel.errors import (
    ConfigurationError,
    InvalidMessage,
    LogUnavailable,
    UnreadableCommit,
)
from shared.kernel.messages.commit import Commit
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import Found
from tests.kernel.asking import NOON
from tests.kernel.worlds import commit, received
from tests.single_publisher.publishing import CountingLog, World, batch, hundred_streams, publish


async def test_the_events_of_a_stream_reach_one_partition_in_the_order_of_their_versions() -> None:
    world = World(MemoryLog(partitions=4))

    await world.publisher.publish(batch(hundred_streams()))

    assert world.published() == {f"item-SKU{number}": [1, 2, 3, 4, 5, 6] for number in range(100)}


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


def as_by_default(commits: Sequence[Commit]) -> str:
    """Write a batch as the trigger does whose host.json says nothing about dates."""
    return to_json(rewrite_dates(from_json(batch(commits)))).decode()


def at(time: str, version: int = 1) -> Commit:
    made = commit(version, received(1), stream=StreamName("item", "DATED"))
    return replace(made, time=time)


@pytest.mark.parametrize("time", ["2026-11-23T12:00:00.123450Z", "2026-11-23T12:00:00.000000Z"])
async def test_a_trigger_that_rewrites_dates_stops_the_publisher_and_nobody_is_parked(
    time: str,
) -> None:
    world = World(MemoryLog(partitions=4))
    commits = [at(time), at("2026-11-23T12:00:01.123456Z", version=2), *hundred_streams()]
    for one in commits:
        await world.store.append([one])

    with pytest.raises(ConfigurationError, match=r"host\.json") as told:
        await world.publisher.publish(as_by_default(commits))

    assert "dateParseHandling" in str(told.value)
    assert world.published() == {}
    assert await world.parking.parked("single_publisher") == []
    await world.publisher.publish(batch(commits))
    assert world.published()["item-DATED"] == [1, 2]


async def test_a_time_that_is_stored_so_is_poison_like_any_other() -> None:
    class Stored(MemoryEventStore):
        async def read(self, *_args: object, **_more: object) -> Found:
            raise UnreadableCommit(InvalidMessage("a time that is none of ours"), 1, 1, 0)

    behind = MemoryEventStore()
    await behind.append([at(NOON, version=2)])
    for store in (Stored(), MemoryEventStore(), behind):
        world = World(MemoryLog(partitions=4))
        world.store = store
        item = to_item(at(NOON))
        strange: list[dict[str, Any]] = [
            {**item, "metadata": {**item["metadata"], "time": "2026-11-23T12:00:00Z"}},
            {**item, "stream": "item-SKU2", "metadata": {**item["metadata"], "time": "noon"}},
            {**item, "stream": "item-SKU3", "metadata": "none"},
        ]

        await world.publisher.publish(to_json(strange).decode())

        parked = await world.parking.parked("single_publisher")
        assert [one.stream for one in parked] == ["item-DATED", "item-SKU2", "item-SKU3"]
