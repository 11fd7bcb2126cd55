"""Leases of the change feed: shared fairly, taken over when a host dies, free at once when it ends; made once."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from emulators.host.balancing import Holding, to_take
from emulators.tests.host.hosts import World, world
from emulators.tests.machine import calibrate
from emulators.tests.serving import Services
from emulators.tests.waiting import until

PACE = 50.0 / calibrate()
"""Leases expire after 1.2 s, and are looked at four times a second; later on a slow machine."""


@pytest.fixture
async def fresh(services: Services, tmp_path: Path) -> AsyncIterator[World]:
    async with world(services, tmp_path) as made:
        yield made


async def until_owned(fresh: World, **shares: int) -> None:
    await until(
        lambda: fresh.owners("with"),
        lambda owners: {host: owners.count(host) for host in shares} == shares,
    )


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
    await fresh.start(instance="one", pace=PACE)
    await until_owned(fresh, one=4)

    await fresh.start(instance="two", pace=PACE)
    await until_owned(fresh, one=2, two=2)

    await fresh.terminate()
    assert "two" not in await fresh.owners("with")
    await until_owned(fresh, one=4)


async def test_what_a_dead_host_owned_is_taken_over(fresh: World) -> None:
    await fresh.start(instance="one", pace=PACE)
    await until_owned(fresh, one=4)
    await fresh.kill()

    await fresh.start(instance="two", pace=PACE)
    await until_owned(fresh, two=4)
    await fresh.write("after")

    await fresh.until(lambda: fresh.done("two_retries") == ["after"])
    assert await fresh.owners("with") == ["two"] * 4


async def test_a_host_whose_lease_was_stolen_ends_its_batch_and_does_not_advance(
    fresh: World,
) -> None:
    gate = fresh.folder / "gate"
    await fresh.start(instance="one", pace=PACE)
    await fresh.write("slow", waitFor=str(gate))
    await fresh.until(lambda: (1, ["slow"]) in fresh.attempts("two_retries"))
    for lease in [dict(one) async for one in fresh.leases.query_items("SELECT * FROM c")]:
        now = datetime.now(UTC).isoformat()
        await fresh.leases.upsert_item({**lease, "Owner": "thief", "timestamp": now})

    gate.touch()
    await fresh.until(lambda: "slow" in fresh.done("two_retries"))
    # The thief does nothing: when its leases expire, the batch comes again, because nobody has advanced.
    await fresh.until(lambda: fresh.done("two_retries").count("slow") > 1)
    assert set(fresh.done("two_retries")) == {"slow"}
