"""The host while nothing happens: it asks rarely, and still sees what is new when its next poll is due."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from emulators.tests.host.hosts import World, copied, world
from emulators.tests.serving import FaultsClient, Services
from emulators.tests.waiting import until

TRIGGERS = 3
RANGES = 4
PACE = 10
"""The host looks at its leases every 1.3 s, and a read of the feed waits for 2 s."""
ROUNDS = 2


@pytest.fixture
async def fresh(services: Services, tmp_path: Path) -> AsyncIterator[World]:
    async with world(services, tmp_path) as made:
        yield made


async def test_an_idle_host_reads_no_feed_more_often_than_it_looks_at_its_leases(
    fresh: World, faults: FaultsClient
) -> None:
    await fresh.start(pace=PACE)
    looks = f"query {fresh.environment['LEASES']}"
    reads = f"change-feed {fresh.environment['WATCHED']}"
    before = await faults.requests()

    after = await until(
        faults.requests, lambda asked: asked[looks] >= before[looks] + ROUNDS * TRIGGERS
    )

    assert 0 < after[reads] - before[reads] <= (ROUNDS + 1) * TRIGGERS * RANGES


async def test_what_comes_while_it_waits_is_seen_together_when_the_next_poll_is_due(
    fresh: World, tmp_path: Path
) -> None:
    slow = copied(tmp_path / "slow")
    code = slow / "function_app.py"
    code.write_text(code.read_text().replace("feed_poll_delay=50", "feed_poll_delay=500"))
    await fresh.start(slow)
    await fresh.write("first")
    await fresh.until(lambda: fresh.done("two_retries") == ["first"])

    # A poll may be due between two items, and more so on a busy machine, but not in every burst.
    assert await anext((True async for one in bursts(fresh) if one), False)


async def bursts(fresh: World) -> AsyncIterator[bool]:
    """Tell of each burst whether one batch brought it."""
    for burst in "abcdefghijkl":
        yield await came_at_once(fresh, burst)


async def came_at_once(fresh: World, burst: str) -> bool:
    """Write three items, and tell whether one batch brought them."""
    written = [f"{burst}{number}" for number in range(3)]
    for id_ in written:
        await fresh.write(id_)
    await fresh.until(lambda: set(written) <= set(fresh.done("two_retries")))
    return sorted(fresh.attempts("two_retries")[-1][1]) == written
