"""The leases of the publisher: which are ours, what they cover, and what the trigger never mends by itself."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from azure.cosmos.aio import ContainerProxy

from emulators.tests.serving import Services
from shared.adapters.cosmos.event_store import CosmosEventStore
from shared.adapters.cosmos.feed import CosmosFeed
from shared.adapters.cosmos.leases import CosmosLeases, Found
from shared.kernel.messages.stream import StreamName
from tests.adapters.emulators import fresh_container
from tests.adapters.leases import PREFIX, beside, lease, merged, places, split, started
from tests.kernel.worlds import commit

FOUR = ["-10", "10-20", "20-30", "30-FF"]
AFTER_SPLIT = ["-10", "10-18", "18-20", "20-30", "30-FF"]
AFTER_MERGE = ["-10", "10-20", "20-FF"]
RID = "AAAAAYAAAAc="
INFO, LOCK = f"{PREFIX}127.0.0.1_AAAAAQ==_{RID}.info", f"{PREFIX}127.0.0.1_AAAAAQ==_{RID}.lock"


def test_children_of_a_split_have_their_own_places_and_before_they_are_made_the_parent_s() -> None:
    assert Found(AFTER_SPLIT, places(split(RID)), {}).reached() == {
        "-10": '"4"',
        "10-18": '"20"',
        "18-20": '"21"',
        "20-30": '"8"',
        "30-FF": '"16"',
    }
    assert Found(AFTER_SPLIT, places(merged(RID)), {}).reached() == {
        "-10": '"6"',
        "10-18": '"20"',
        "18-20": '"20"',
        "20-30": '"12"',
        "30-FF": '"24"',
    }


def test_two_leases_under_one_range_after_a_merge_are_two_places_in_it() -> None:
    reached = Found(AFTER_MERGE, places(merged(RID)), {}).reached()

    assert reached == {"-10": '"6"', "10-20": '"20"', "20-30": '"12"', "30-FF": '"24"'}


@pytest.mark.parametrize("leases", [started(RID), split(RID), merged(RID)])
def test_leases_that_tile_the_container_are_well_however_it_is_cut(
    leases: list[dict[str, object]],
) -> None:
    for ranges in (FOUR, AFTER_SPLIT, AFTER_MERGE, ["-FF"]):
        assert Found(ranges, places(leases), {INFO: 0.0}).faults(1e9) == []


def test_a_range_that_no_lease_covers_is_named_with_what_makes_the_lease_again() -> None:
    held = {one: place for one, place in places(split(RID)).items() if one != "18-20"}

    [fault] = Found(AFTER_SPLIT, held, {INFO: 0.0}).faults(1e9)

    assert "no lease covers 18-20" in fault.wrong
    assert f"--delete {INFO}" in fault.mend


def test_a_note_that_leases_were_made_without_any_is_named() -> None:
    [fault] = Found(FOUR, {}, {INFO: 0.0}).faults(1e9)

    assert "nothing is published" in fault.wrong
    assert f"--delete {INFO}" in fault.mend


def test_an_old_lock_is_named_and_one_of_a_host_that_starts_is_not() -> None:
    assert Found(FOUR, {}, {LOCK: 100.0}).faults(130.0) == []
    [fault] = Found(FOUR, {}, {LOCK: 100.0}).faults(230.0)
    assert "for 130 s" in fault.wrong
    assert f"--delete {LOCK}" in fault.mend
    # Once the leases are made, nobody asks for it any more.
    assert Found(FOUR, places(started(RID)), {LOCK: 100.0, INFO: 0.0}).faults(230.0) == []


@pytest.fixture
async def events(services: Services) -> AsyncIterator[ContainerProxy]:
    async with fresh_container(services, like="events") as container:
        yield container


@pytest.fixture
async def held(services: Services) -> AsyncIterator[ContainerProxy]:
    async with fresh_container(services, like="leases") as container:
        yield container


async def test_the_leases_of_another_container_under_the_same_prefix_are_not_ours(
    events: ContainerProxy, held: ContainerProxy
) -> None:
    rid = (await events.read())["_rid"]
    first, *others = await CosmosFeed(events).ranges()
    begin, _, end = first.partition("-")
    ours = [lease(rid, "0", begin, end, '"4"'), beside(rid, "lock")]
    for one in [*started("AAAAAYAAAAX="), *ours]:
        await held.upsert_item(one)
    later = datetime.now(UTC) + timedelta(minutes=5)
    leases = CosmosLeases(held, events, PREFIX, lambda: later)

    reached, faults = await leases.reached(), await leases.faults()

    assert reached == {first: f'{rid} "4"', **dict.fromkeys(others)}
    assert [f"_{rid}.lock" in fault.wrong for fault in faults] == [True]


async def test_what_lies_behind_the_place_of_a_lease_is_read_from_it(
    events: ContainerProxy, held: ContainerProxy
) -> None:
    store, feed = CosmosEventStore(events), CosmosFeed(events)
    stream = StreamName("item", "SKU1")
    await store.append([commit(1, stream=stream)])
    [(range_, page)] = [
        (one, page) for one in await feed.ranges() if (page := await feed.read(one, None)).items
    ]
    first, _, beyond = range_.partition("-")
    rid = (await events.read())["_rid"]
    assert page.position is not None
    await held.upsert_item(lease(rid, "0", first, beyond, page.position.removeprefix(f"{rid} ")))
    await store.append([commit(2, stream=stream)])

    place = (await CosmosLeases(held, events, PREFIX, lambda: datetime.now(UTC)).reached())[range_]

    assert [item["version"] for item in (await feed.read(range_, place)).items] == [2]


async def test_a_place_in_another_container_is_the_beginning_of_this_one(
    events: ContainerProxy,
) -> None:
    await CosmosEventStore(events).append([commit(1)])
    feed = CosmosFeed(events)

    pages = [await feed.read(one, 'AAAAAYAAAAX= "9999"') for one in await feed.ranges()]

    assert [item["version"] for page in pages for item in page.items] == [1]
