"""Leases are made once, and handed over when ranges split or merge: as the recorded ones of the .NET SDK."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from emulators.host.lease_store import LeaseStore
from emulators.host.stretches import Heir, Stretch, heirs
from emulators.tests.host.hosts import World, world
from emulators.tests.machine import calibrate
from emulators.tests.serving import FaultsClient, Services
from emulators.tests.waiting import in_time, until, until_true

PACE = 50.0 / calibrate()
EACH = 12
RANGES = [
    {"id": str(number), "minInclusive": first, "maxExclusive": beyond}
    for number, (first, beyond) in enumerate([("", "10"), ("10", "20"), ("20", "30"), ("30", "FF")])
]


@pytest.fixture
async def fresh(services: Services, faults: FaultsClient, tmp_path: Path) -> AsyncIterator[World]:
    async with world(services, tmp_path) as made:
        yield made
    await faults.set(0)


def stored(fresh: World) -> LeaseStore:
    return LeaseStore(fresh.leases, "p", "host", 60.0, PACE)


async def tokens(fresh: World, prefix: str = "p..") -> dict[str, tuple[int, str | None]]:
    """The version and the place of each lease."""
    found = [dict(one) async for one in fresh.leases.query_items("SELECT * FROM c")]
    return {
        one["LeaseToken"]: (one["version"], one["ContinuationToken"])
        for one in found
        if one["id"].startswith(prefix) and "LeaseToken" in one
    }


def noted(leases: Mapping[str, tuple[int, str | None]]) -> bool:
    return all(place is not None for _, place in leases.values())


def child(id_: str, first: str, beyond: str) -> dict[str, Any]:
    return {"id": id_, "minInclusive": first, "maxExclusive": beyond}


def test_a_lease_has_no_heirs_as_long_as_its_range_is_there() -> None:
    assert heirs(Stretch("10", "20"), RANGES, is_of_range=True) == []


def test_the_children_of_a_split_are_ranges() -> None:
    children = child("4", "10", "18"), child("5", "18", "20")
    ranges = [RANGES[0], *children, *RANGES[2:]]

    found = heirs(Stretch("10", "20"), ranges, is_of_range=True)

    assert found == [Heir(Stretch("10", "18"), children[0]), Heir(Stretch("18", "20"), children[1])]


def test_what_has_merged_goes_on_as_a_stretch_and_what_splits_then_as_two() -> None:
    merged = [*RANGES[:2], child("4", "20", "FF")]
    [heir] = heirs(Stretch("20", "30"), merged, is_of_range=True)
    again = [*RANGES[:2], child("5", "20", "28"), child("6", "28", "FF")]

    assert heir == Heir(Stretch("20", "30"), None)
    assert heirs(heir.stretch, merged, is_of_range=False) == []
    assert heirs(heir.stretch, again, is_of_range=False) == [
        Heir(Stretch("20", "28"), None),
        Heir(Stretch("28", "30"), None),
    ]


async def test_leases_are_made_once_and_one_that_is_deleted_is_not_made_again(fresh: World) -> None:
    await stored(fresh).prepare(RANGES)
    assert await tokens(fresh) == dict.fromkeys("0123", (0, None))
    ids = {one["id"] async for one in fresh.leases.query_items("SELECT c.id FROM c")}
    assert ids == {"p..0", "p..1", "p..2", "p..3", "p.info"}

    await fresh.leases.delete_item("p..2", "p..2")
    await stored(fresh).prepare(RANGES)

    assert sorted(await tokens(fresh)) == ["0", "1", "3"]


async def test_the_lock_of_a_host_that_died_keeps_all_others_waiting_until_it_is_gone(
    fresh: World, faults: FaultsClient
) -> None:
    await fresh.leases.create_item({"id": "p.lock", "ttl": 1})
    preparing = asyncio.create_task(stored(fresh).prepare(RANGES))

    # This container keeps what an item says of its own end for nothing.
    asked = f"create {fresh.leases.id}"
    await until(faults.requests, lambda requests: requests[asked] > 5)
    assert not preparing.done()
    assert await tokens(fresh) == {}

    await fresh.leases.delete_item("p.lock", "p.lock")
    async with in_time():
        await preparing
    assert len(await tokens(fresh)) == 4


async def test_the_trigger_brings_everything_over_splits_and_merges(
    fresh: World, faults: FaultsClient
) -> None:
    await fresh.start(pace=PACE)

    async def write(begin: int) -> None:
        for number in range(begin, begin + EACH):
            item = {"id": str(number), "stream": f"s{number}", "commandId": str(number)}
            await fresh.watched.create_item(item)
        wanted = set(map(str, range(begin + EACH)))
        # At least once: what was done and not noted when the range ended comes again from its children.
        await until_true(lambda: set(fresh.done("two_retries")) == wanted, pause=0.02)

    async def change(fault: str, count: int) -> None:
        watched = {"service": "cosmos", "container": fresh.watched.id, "operation": "create"}
        await faults.set(1, {**watched, "fault": fault, "at": [4]})
        await write(EACH * count)
        assert await faults.fired() == {f"cosmos/{fault}": 1}

    await write(0)
    await change("split", 1)
    split = await until(
        lambda: tokens(fresh, "with127"), lambda leases: len(leases) == 5 and noted(leases)
    )
    await change("merge", 2)
    merged = await until(
        lambda: tokens(fresh, "with127"),
        lambda leases: sum(version for version, _ in leases.values()) == 2 and noted(leases),
    )

    assert {"4", "5"} < split.keys()
    assert {token for token, (version, _) in merged.items() if version} == {
        token for token in merged if "-" in token
    }
