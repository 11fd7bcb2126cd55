"""Receiving with azure-eventhub: positions, groups, epochs, what a partition says of itself."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from emulators.tests.event_hubs.clients import Hub, bodies
from emulators.tests.waiting import until_true

pytestmark = pytest.mark.asyncio(loop_scope="module")

MILLISECOND = timedelta(milliseconds=1)


async def test_a_reader_starts_where_it_asks_to(hub: Hub) -> None:
    await hub.send("0", "1", "2")
    stored = await hub.read(3)
    between = stored[-1].enqueued_time
    assert between
    # Behind a moment is what was stored in a later millisecond.
    await until_true(lambda: datetime.now(UTC) - between >= MILLISECOND, pause=0.001)
    await hub.send("3")

    behind, inclusive, offset, moment = await asyncio.gather(
        hub.read(2, start=1),
        hub.read(3, start=1, starting_position_inclusive=True),
        hub.read(3, start=str(stored[0].offset)),
        hub.read(1, start=between),
    )

    assert bodies(behind) == ["2", "3"]
    assert bodies(inclusive) == bodies(offset) == ["1", "2", "3"]
    assert bodies(moment) == ["3"]


async def test_a_reader_from_the_end_sees_only_what_comes(hub: Hub) -> None:
    await hub.send("before")

    async with hub.reader(start="@latest") as reading:
        await reading.open()
        await hub.send("after")
        assert bodies(await reading.take(1)) == ["after"]


async def test_each_group_reads_everything_for_itself(hub: Hub) -> None:
    await hub.send("a", "b")

    read = await asyncio.gather(*(hub.read(2, group=group) for group in ("first", "second")))

    assert [bodies(events) for events in read] == [["a", "b"], ["a", "b"]]


async def test_a_higher_epoch_takes_the_place_of_a_lower_one(hub: Hub) -> None:
    async with hub.reader(owner_level=1) as older:
        await older.open()
        async with hub.reader(owner_level=2) as newer:
            await newer.open()
            assert "amqp:link:stolen" in str(await older.error())
            await hub.send("for the newer one")
            assert bodies(await newer.take(1)) == ["for the newer one"]

            async with hub.reader(owner_level=1) as late:
                assert "epoch" in str(await late.error())


async def test_a_reader_is_told_how_far_behind_it_is(hub: Hub) -> None:
    await hub.send(*"abcde")

    async with hub.reader(track_last_enqueued_event_properties=True) as reading:
        await reading.take(5)

    assert reading.last_enqueued["sequence_number"] == 4


async def test_a_hub_and_its_partitions_describe_themselves(hub: Hub) -> None:
    await hub.send("a", "b", partition="2")

    async with hub.producer() as client:
        about = await client.get_eventhub_properties()
        used = await client.get_partition_properties("2")
        empty = await client.get_partition_properties("3")

    assert (about["eventhub_name"], about["partition_ids"]) == (hub.name, ["0", "1", "2", "3"])
    assert (used["last_enqueued_sequence_number"], used["is_empty"]) == (1, False)
    assert (empty["last_enqueued_sequence_number"], empty["is_empty"]) == (-1, True)


async def test_a_partition_that_is_not_there_is_refused_by_name(hub: Hub) -> None:
    async with hub.reader("9") as reading:
        error = await reading.error()

    assert "9" in str(error)
