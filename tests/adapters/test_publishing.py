"""The publisher and the projections on the wire: few requests, held heads, and what a loop without them does."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence

import pytest
from azure.eventhub import EventData
from azure.eventhub.aio import EventHubProducerClient
from pydantic_core import to_json

from consumers.projections import Projections
from emulators.tests.machine import limit
from emulators.tests.serving import FaultsClient, Services
from emulators.tests.waiting import in_time
from shared.adapters.cosmos.codec import to_item
from shared.adapters.cosmos.rows import CosmosRows
from shared.adapters.event_hubs import EventHubsLog, open_log
from shared.adapters.memory import MemoryEventStore, MemoryLog, MemoryParking
from shared.domain.shop import domain
from shared.kernel.delivery.partition import partition_of
from shared.kernel.errors import LogUnavailable
from shared.kernel.messages.commit import Commit
from shared.kernel.messages.envelope import encode, envelopes
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import Log
from single_publisher.messages import by_partition, sort_out
from single_publisher.publish import Publisher
from tests.adapters.emulators import fresh_container, local_settings
from tests.consumers.worlds import now
from tests.figures import note
from tests.kernel.worlds import commit, received
from tests.turns import in_turns

pytestmark = pytest.mark.alone

PARTITIONS, LEAST, ROUNDS = 4, 0.8, 9


def history(streams: int, versions: int) -> list[Commit]:
    names = [StreamName("item", f"wire-{number}") for number in range(streams)]
    return [
        commit(version, received(1), stream=stream)
        for version in range(1, versions + 1)
        for stream in names
    ]


def batch(commits: Sequence[Commit]) -> str:
    return to_json([to_item(one) for one in commits]).decode()


def publisher(log: Log) -> Publisher:
    return Publisher(log, MemoryEventStore(), MemoryParking(), now)


@pytest.fixture
async def log(services: Services) -> AsyncIterator[EventHubsLog]:
    log = open_log(local_settings(services))
    yield log
    await log.close()


async def test_a_hundred_streams_in_one_invocation_are_a_send_a_partition(
    log: EventHubsLog, faults: FaultsClient
) -> None:
    before = await faults.sends("events")

    await publisher(log).publish(batch(history(100, 3)))

    assert await faults.sends("events") - before == PARTITIONS


async def test_the_head_of_a_failed_partition_is_held_and_sent_again(
    log: EventHubsLog, faults: FaultsClient
) -> None:
    before = await faults.sends("events")
    rejected = {"service": "event-hubs", "operation": "send", "container": "events"}
    await faults.set(1, {**rejected, "fault": "reject", "at": [1, 5, 6]})

    await publisher(log).publish(batch(history(100, 3)))

    assert (await faults.fired())["event-hubs/reject"] >= 2
    # Only what failed was sent again.
    assert (
        await faults.sends("events") - before
        == PARTITIONS + (await faults.fired())["event-hubs/reject"]
    )


async def test_a_partition_that_stays_away_is_given_up_within_its_budget(
    services: Services, faults: FaultsClient
) -> None:
    log = open_log(local_settings(services, PUBLISH_BUDGET="0.3"))
    away = {"service": "event-hubs", "operation": "send", "container": "events"}
    await faults.set(1, {**away, "fault": "reject", "probability": 1.0})

    with pytest.raises(LogUnavailable):
        await log.send(0, [b"{}"])

    await log.close()


async def test_an_answer_that_never_comes_is_waited_for_only_so_long(
    services: Services, faults: FaultsClient
) -> None:
    given = {"PUBLISH_TIMEOUT": str(limit(1)), "PUBLISH_BUDGET": str(limit())}
    log = open_log(local_settings(services, **given))
    await log.send(0, [b'{"warm": true}'])
    slow = {"service": "event-hubs", "operation": "send", "container": "events"}
    await faults.set(1, {**slow, "fault": "delay", "at": [1], "seconds": 3600})

    async with in_time():
        await log.send(0, [b'{"held": true}'])

    assert await faults.fired() == {"event-hubs/delay": 1}
    await log.close()


async def test_publishing_is_nearly_as_fast_as_a_bare_loop_of_send_batch(
    services: Services, log: EventHubsLog, pytestconfig: pytest.Config
) -> None:
    commits = history(100, 20)
    # As the change feed gives them: at most a hundred items at a time.
    batches = [batch(commits[start : start + 100]) for start in range(0, len(commits), 100)]
    spreads = [by_partition(sort_out(one, log.largest)[0], PARTITIONS) for one in batches]
    publishing = publisher(log)

    async with EventHubProducerClient.from_connection_string(
        services.event_hubs, eventhub_name="events"
    ) as producer:

        async def bare(partition: int, bodies: list[bytes]) -> None:
            packed = await producer.create_batch(partition_id=str(partition))
            for body in bodies:
                packed.add(EventData(body))
            await producer.send_batch(packed)

        async def bare_loop() -> None:
            for spread in spreads:
                await asyncio.gather(*(bare(*one) for one in spread.items()))

        async def publish() -> None:
            for documents in batches:
                await publishing.publish(documents)

        await bare_loop()
        await publish()
        measured = await in_turns(bare_loop, publish, ROUNDS, time.perf_counter, 1 / LEAST)

    bare_rate, rate = (len(commits) / seconds for seconds in measured.medians)
    note(
        pytestconfig,
        f"publisher: {rate:,.0f} events a second, a bare loop of send_batch"
        f" {bare_rate:,.0f}: {1 / measured.ratio:.2f}",
    )
    assert measured.ratio <= 1 / LEAST


async def test_a_batch_of_a_thousand_events_on_fifty_rows_is_at_most_fifty_writes(
    services: Services, faults: FaultsClient, pytestconfig: pytest.Config
) -> None:
    commits = history(50, 20)
    async with fresh_container(services, like="views") as container:

        async def no_log() -> Log:
            return MemoryLog(PARTITIONS)

        projections = Projections(
            domain.views,
            CosmosRows(container),
            MemoryEventStore(),
            MemoryParking(),
            no_log,
            now,
        )
        bodies = [encode(e) for one in commits for e in envelopes(one)]
        begun = time.perf_counter()
        await projections.project(bodies)
        seconds = time.perf_counter() - begun
        requests = await faults.requests()

    own = {
        kind: requests.get(f"{kind} {container.id}", 0) for kind in ("read", "create", "replace")
    }
    assert own["create"] + own["replace"] <= 50
    # And one that asks which generations of the views are kept up.
    assert own["read"] <= 51
    note(
        pytestconfig,
        f"projections: {len(bodies) / seconds:,.0f} events a second in a batch of 1,000 on 50 rows;"
        f" bounded by {own['read']} reads and {own['create']} writes of rows",
    )


def test_the_streams_of_these_tests_use_every_partition() -> None:
    used = {partition_of(f"item-wire-{number}", PARTITIONS) for number in range(100)}

    assert used == set(range(PARTITIONS))
