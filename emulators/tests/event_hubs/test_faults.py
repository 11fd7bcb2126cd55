"""What a client sees of each fault, and what is in the log afterwards."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest
from azure.eventhub import EventData
from azure.eventhub.exceptions import EventHubError

from emulators.event_hubs import EventHubsServer
from emulators.faults import VOCABULARY, Faults
from emulators.tests.event_hubs.clients import Hub, bodies, connection_string
from emulators.tests.waiting import until

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    # The SDK forgets to close the socket of a connection that was dropped.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

NOT_STORED = ["reject", "internal-error", "detach", "drop-before"]


@pytest.mark.parametrize("fault", NOT_STORED)
async def test_a_send_that_fails_before_its_effect_is_not_in_the_log(fault: str, hub: Hub) -> None:
    hub.fail(fault, "send")

    with pytest.raises(EventHubError):
        await hub.send("lost")
    await hub.send("kept")

    assert bodies(await hub.read(1)) == ["kept"]
    assert hub.faults.fired() == {f"event-hubs/{fault}": 1}


async def test_a_send_whose_answer_is_lost_is_in_the_log(hub: Hub) -> None:
    hub.fail("drop-after", "send")

    with pytest.raises(EventHubError):
        await hub.send("stored all the same")

    assert bodies(await hub.read(1)) == ["stored all the same"]


async def test_the_sdk_sends_again_and_doubles_what_was_stored(hub: Hub) -> None:
    hub.fail("drop-after", "send")

    async with hub.producer(retry_total=2) as producer:
        await producer.send_batch([EventData("twice")], partition_id="0")

    assert bodies(await hub.read(2)) == ["twice", "twice"]


async def test_a_send_can_be_stored_twice(hub: Hub) -> None:
    hub.fail("duplicate", "send")

    await hub.send("a", "b")

    assert bodies(await hub.read(4)) == ["a", "b", "a", "b"]


async def test_a_send_can_be_acknowledged_and_lost(hub: Hub) -> None:
    hub.fail("lose", "send")

    await hub.send("lost")
    await hub.send("kept")

    assert bodies(await hub.read(1)) == ["kept"]


async def test_an_answer_can_come_late(hub: Hub) -> None:
    hub.fail("delay", "send", seconds=3600)

    async with hub.producer() as producer:
        sending = asyncio.create_task(
            producer.send_batch([EventData("stored at once")], partition_id="0")
        )
        assert bodies(await hub.read(1)) == ["stored at once"]
        assert not sending.done()
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)


@pytest.mark.parametrize("fault", ["detach", "steal", "drop-before"])
async def test_a_reader_that_loses_its_link_is_told_and_reads_everything_again(
    fault: str, hub: Hub
) -> None:
    await hub.send("kept")
    hub.fail(fault, "receive")

    async with hub.reader() as reading:
        assert isinstance(await reading.error(), EventHubError)

    assert bodies(await hub.read(1)) == ["kept"]


async def test_a_batch_can_be_delivered_twice(hub: Hub) -> None:
    await hub.send("a", "b")
    hub.fail("duplicate", "receive")

    assert bodies(await hub.read(4)) == ["a", "b", "a", "b"]


async def test_an_idle_connection_can_be_dropped(hub: Hub) -> None:
    hub.fail("idle-drop", "send", seconds=0)

    async with hub.producer(retry_total=3) as producer:
        await producer.send_batch([EventData("before")], partition_id="0")
        await producer.send_batch([EventData("after")], partition_id="0")

    assert bodies(await hub.read(2)) == ["before", "after"]


async def test_every_fault_has_a_test_here() -> None:
    tested = {*NOT_STORED, "drop-after", "duplicate", "delay", "steal", "idle-drop", "lose"}

    assert tested == VOCABULARY["event-hubs"]


async def test_a_wrong_key_is_refused(hub: Hub) -> None:
    stranger = Hub(hub.name, hub.connection.replace("SAS_KEY_VALUE", "WRONG"), Faults())

    with pytest.raises(EventHubError, match=r"(?i)unauthorized|signature|auth"):
        await stranger.send("not for us")


async def test_what_was_acknowledged_is_there_after_a_restart_and_old_events_go(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    state = tmp_path_factory.mktemp("state")
    async with serving(state) as first:
        await first.send("a", "b")

    async with serving(state) as again:
        assert bodies(await again.read(2)) == ["a", "b"]

    async with serving(state, retentionHours=0.1 / 3600) as shortly, shortly.producer() as client:
        # Whatever is sent here is old before it is read.
        await until(partial(client.get_partition_properties, "0"), itemgetter("is_empty"))

    async with serving(state) as empty:
        await empty.send("c")
        (only,) = await empty.read(1)
        assert (only.body_as_str(), only.sequence_number) == ("c", 2)


@asynccontextmanager
async def serving(state: Path, **described: Any) -> AsyncIterator[Hub]:
    """Gives a hub of one partition, whose events are in a folder."""
    faults = Faults()
    hubs = {"hub": {"partitions": 1, "consumerGroups": [], **described}}
    server = EventHubsServer(state, hubs, faults)
    yield Hub("hub", connection_string(await server.serve(0)), faults)
    await server.close()
