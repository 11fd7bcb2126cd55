"""Leases of the change feed: shared fairly, taken over when a host dies, free at once when it ends; made once."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from emulators.host.balancing import Holding, to_take
from emulators.tests.host.hosts import World, world
from emulators.tests.machine import calibrate
from emulators.tests.serving import FaultsClient, Services
from emulators.tests.waiting import until

PACE = 50.0 / calibrate()
"""Leases expire after 1.2 s, and are looked at four times a second; later on a slow machine."""


@pytest.fixture
async def fresh(services: Services, tmp_path: Path) -> AsyncIterator[World]:
    async with world(services, tmp_path) as made:
        yield made


async def until_owned(fresh: World, *shares: int) -> set[str | None]:
    """Wait until the owners of the leases have so many each; gives their names."""
    found = await until(
        lambda: fresh.owners("with"),
        lambda owners: sorted(Counter(owners).values()) == list(shares) and None not in owners,
    )
    return set(found)


def holdings(*holders: str | None) -> list[Holding]:
    return [Holding(str(number), holder) for number, holder in enumerate(holders)]


def test_the_first_host_takes_everything() -> None:
    assert to_take(holdings(None, None, None, None), "a") == ["0", "1", "2", "3"]


def test_the_second_takes_one_from_the_richest_until_both_have_as_many() -> None:
    assert to_take(holdings("a", "a", "a", "a"), "b") in (["0"], ["1"], ["2"], ["3"])
    assert to_take(holdings("a", "a", "a", "b"), "b") in (["0"], ["1"], ["2"])
    assert to_take(holdings("a", "a", "b", "b"), "b") == []


def test_a_third_is_not_left_without_any() -> None:
    assert to_take(holdings("a", "a", "b", "b"), "c") in (["0"], ["1"], ["2"], ["3"])
    assert to_take(holdings("a", "a", "b", "c"), "c") == []


def test_free_leases_come_before_those_of_others() -> None:
    assert to_take(holdings("a", "a", "a", None), "b") == ["3"]
    assert to_take(holdings("a", "a", None, None), "a") == ["2", "3"]


async def test_two_hosts_share_the_leases_and_one_that_ends_leaves_its_own_to_the_other(
    fresh: World,
) -> None:
    await fresh.start(name="one", pace=PACE)
    [one] = await until_owned(fresh, 4)

    await fresh.start(name="two", pace=PACE)
    [two] = await until_owned(fresh, 2, 2) - {one}

    await fresh.terminate()
    assert two not in await fresh.owners("with")
    assert await until_owned(fresh, 4) == {one}


async def test_each_start_is_another_owner_and_what_a_dead_one_owned_waits_until_it_expires(
    fresh: World,
) -> None:
    await fresh.start()
    [dead] = await until_owned(fresh, 4)
    await fresh.kill()
    await fresh.write("after")

    # One is stolen at the first look, as from any owner of too many; in Azure's own time the others take a minute.
    await fresh.start()
    assert (await fresh.owners("with")).count(dead) == 3
    await fresh.kill()

    await fresh.start(pace=PACE)
    await fresh.until(lambda: fresh.done("two_retries") == ["after"])
    assert dead not in await until_owned(fresh, 4)


async def test_a_lease_whose_feed_fails_is_free_until_the_next_look(
    fresh: World, faults: FaultsClient
) -> None:
    await fresh.start(pace=PACE)
    before = await until_owned(fresh, 4)
    failing = {"service": "cosmos", "operation": "change-feed", "fault": "503", "probability": 1.0}
    await faults.set(1, {**failing, "container": fresh.environment["WATCHED"]})

    await until(lambda: fresh.owners("with"), lambda owners: None in owners)
    await faults.set(0)
    await fresh.write("after")

    await fresh.until(lambda: fresh.done("two_retries") == ["after"])
    assert await until_owned(fresh, 4) == before


async def steal(fresh: World, seconds: float = 0.0) -> None:
    """Give each lease to an owner of its own, who has renewed it and does nothing: so nobody has too many."""
    for lease in [dict(one) async for one in fresh.leases.query_items("SELECT * FROM c")]:
        if "LeaseToken" in lease:
            renewed = datetime.now(UTC) + timedelta(seconds=seconds)
            thief = {"Owner": f"thief {lease['id']}", "timestamp": renewed.isoformat()}
            await fresh.leases.upsert_item({**lease, **thief})


async def test_a_host_whose_lease_was_stolen_ends_its_batch_and_does_not_advance(
    fresh: World,
) -> None:
    gate = fresh.folder / "gate"
    await fresh.start(pace=PACE)
    await fresh.write("slow", waitFor=str(gate))
    await fresh.until(lambda: (1, ["slow"]) in fresh.attempts("two_retries"))
    await steal(fresh)

    gate.touch()
    await fresh.until(lambda: "slow" in fresh.done("two_retries"))
    # When the leases of the thieves expire, the batch comes again, because nobody has advanced.
    await fresh.until(lambda: fresh.done("two_retries").count("slow") > 1)
    assert set(fresh.done("two_retries")) == {"slow"}


async def test_a_batch_of_a_stolen_lease_is_tried_for_a_while_and_then_no_more(
    fresh: World,
) -> None:
    await fresh.start(pace=PACE)
    await fresh.write("poison", failures=1_000_000)
    await fresh.until(lambda: len(fresh.attempts("endless")) > 2)
    await steal(fresh, seconds=3_600)

    log = fresh.folder / "host.log"
    await fresh.until(lambda: "host: endless: change feed: lease" in log.read_text())
    before, ticks = len(fresh.attempts("endless")), len(fresh.of("every_second"))
    await fresh.until(lambda: len(fresh.of("every_second")) > ticks + 1)
    assert set(await fresh.owners("endless")).isdisjoint({None})
    assert len(fresh.attempts("endless")) <= before + 1
    assert fresh.done("endless") == []
