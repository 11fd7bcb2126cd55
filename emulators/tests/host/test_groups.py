"""Functions in two processes, as Flex groups them: HTTP in one, the rest in the other, with modules of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from emulators.tests.host.hosts import World, world
from emulators.tests.host.raw import ask
from emulators.tests.serving import Services


@pytest.fixture
async def fresh(services: Services, tmp_path: Path) -> AsyncIterator[World]:
    async with world(services, tmp_path) as made:
        yield made


async def test_each_group_serves_its_own_functions_and_shares_no_module_with_the_other(
    fresh: World,
) -> None:
    rest = await fresh.start(name="rest", options=("--group", "rest"))
    assert fresh.said["routes"] == []
    assert "two_retries" in fresh.said["functions"]
    http = await fresh.start(name="http", options=("--group", "http"))
    assert set(fresh.said["functions"]).isdisjoint({"two_retries", "for_ever", "every_second"})

    await fresh.write("one")
    await fresh.until(lambda: fresh.done("two_retries") == ["one"])
    assert (await ask(http, "GET /api/counted"))[::2] == (200, "0 batches")
    assert (await ask(rest, "GET /api/counted"))[0] == 404


async def test_each_group_stops_without_a_word(fresh: World) -> None:
    for group in ("rest", "http"):
        await fresh.start(name=group, options=("--group", group))

    for process in fresh.processes:
        process.terminate()

    assert [await process.wait() for process in fresh.processes] == [0, 0]
    assert [(fresh.folder / f"{name}.log").read_text() for name in ("rest", "http")] == ["", ""]
