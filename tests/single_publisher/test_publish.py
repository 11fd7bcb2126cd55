"""The publisher: per stream in the order of versions, one send a partition, nothing kept from the log."""

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from pydantic_core import from_json, to_json

from emulators.host.newtonsoft import rewrite_dates
from shared.adapters.cosmos.codec import to_item
from shared.adapters.memory import MemoryEventStore, MemoryLog, MemoryParking
from shared.kernel.delivery.parking import Action, Decision, Parked, is_unreadable
from shared.kernel.delivery.partition import partition_of
from shared.kernel.errors import (
    ConfigurationError,
    InvalidMessage,
    LogUnavailable,
    Poison,
    UnreadableCommit,
)
from shared.kernel.messages.commit import Commit, RecordedEvent
from shared.kernel.messages.envelope import decode
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import Found
from single_publisher.publish import Publisher
from tests.consumers.worlds import now
from tests.kernel.asking import NOON
from tests.kernel.worlds import TEAPOT, commit, received


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


MELTED = RecordedEvent("StockAdjusted", 1, {"quantity": 1, "reason": "x" * 1_100_000})


@pytest.mark.parametrize("poison", ["no commit", "too large"])
async def test_what_can_never_be_published_is_parked_with_what_follows(poison: str) -> None:
    world = World(MemoryLog(partitions=4))
    bad = StreamName("item", "SKU7")
    broken = to_item(
        commit(8, MELTED, stream=bad) if poison == "too large" else commit(8, stream=bad)
    )
    if poison == "no commit":
        broken["events"] = []
    later = [commit(9, stream=bad), commit(10, stream=bad)]
    items = [*map(to_item, [*hundred_streams(), *later[:1]]), broken]

    await world.publisher.publish(to_json(items).decode())
    await world.publisher.publish(batch(later[1:]))

    published = world.published()
    assert len(published) == 100
    assert {*map(tuple, published.values())} == {(1, 2, 3, 4, 5, 6)}
    (marker,) = await world.parking.parked("single_publisher")
    assert (marker.stream, marker.version, marker.last_seen) == ("item-SKU7", 8, 10)


def as_by_default(commits: Sequence[Commit]) -> str:
    """Write a batch as the trigger does whose host.json says nothing about dates."""
    return to_json(rewrite_dates(from_json(batch(commits)))).decode()


def at(time: str, version: int = 1) -> Commit:
    made = commit(version, received(1), stream=StreamName("item", "DATED"))
    return replace(made, metadata=replace(made.metadata, time=time))


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

    for store in (Stored(), MemoryEventStore()):
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


async def test_a_parked_stream_is_published_from_the_store_once_it_is_released() -> None:
    world = World(MemoryLog(partitions=4))
    for version in range(1, 5):
        await world.store.append([commit(version)])
    await world.parking.park(Parked("single_publisher", "item-teapot", 2, 4, "was bad", NOON))

    tail = await world.publisher.replay(TEAPOT, 2)

    assert tail == 4
    assert world.published() == {"item-teapot": [2, 3, 4]}


async def test_a_skipped_event_is_left_unpublished() -> None:
    world = World(MemoryLog(partitions=4))
    await world.store.append([commit(1), commit(2, MELTED), commit(3)])
    with pytest.raises(Poison, match="item-teapot@2"):
        await world.publisher.replay(TEAPOT, 1)
    assert world.published() == {"item-teapot": [1]}
    skip = Decision("single_publisher", "item-teapot", 2, Action.SKIP, "too large", "ann", NOON)
    await world.parking.decide(skip)

    await world.publisher.replay(TEAPOT, 2)

    assert world.published() == {"item-teapot": [1, 3]}


async def test_an_item_that_says_nowhere_where_it_belongs_is_parked_too() -> None:
    world = World(MemoryLog(partitions=4))

    await world.publisher.publish('[{"id": 7}, {"id": 8}]')

    parked = await world.parking.parked("single_publisher")
    assert [is_unreadable(marker.stream) for marker in parked] == [True, True]
    assert [marker.version for marker in parked] == [1, 1]


@pytest.mark.parametrize("event", [received(1), MELTED], ids=["whole", "too large"])
async def test_a_commit_of_no_stream_that_could_be_is_parked_by_its_content(
    event: RecordedEvent,
) -> None:
    world = World(MemoryLog(partitions=4))
    strange = {**to_item(commit(1, event)), "stream": "a/b"}

    await world.publisher.publish(to_json([strange, to_item(commit(1))]).decode())

    assert world.published() == {"item-teapot": [1]}
    (marker,) = await world.parking.parked("single_publisher")
    assert is_unreadable(marker.stream)
    assert "a/b" in marker.error


async def test_an_item_whose_id_says_no_version_holds_up_its_whole_stream() -> None:
    world = World(MemoryLog(partitions=4))

    await world.publisher.publish('[{"id": "x", "stream": "item-teapot"}]')

    (marker,) = await world.parking.parked("single_publisher")
    assert (marker.stream, marker.version) == ("item-teapot", 1)


async def test_what_comes_before_the_place_of_a_parked_stream_is_published() -> None:
    world = World(MemoryLog(partitions=4))
    late = [commit(version, stream=TEAPOT) for version in (1, 2, 3, 4)]
    await world.publisher.park(Poison(str(TEAPOT), 3, ValueError("no")))

    await world.publisher.publish(batch(late[:2]))
    await world.publisher.publish(batch(late[2:]))

    assert world.published() == {str(TEAPOT): [1, 2]}
    (marker,) = await world.parking.parked("single_publisher")
    assert (marker.version, marker.last_seen) == (3, 4)


async def test_a_stream_that_cannot_be_read_stays_parked() -> None:
    class Unreadable(MemoryEventStore):
        async def read(self, *_args: object, **_more: object) -> Found:
            raise UnreadableCommit(InvalidMessage("an item that is none"), 3, 3, 0)

    world = World(MemoryLog(partitions=4))
    world.store = Unreadable()

    with pytest.raises(Poison, match="an item that is none"):
        await world.publisher.replay(TEAPOT, 3)
