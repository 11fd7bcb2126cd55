"""A host that stops, plainly, in drain mode or drained: which batches come again, and who has the leases."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from emulators.tests.host.hosts import World, world
from emulators.tests.machine import calibrate
from emulators.tests.serving import Services
from emulators.tests.waiting import until

PACE = 50.0 / calibrate()
DRAINING = "FUNCTIONS_ENABLE_DRAIN_ON_APP_STOPPING"


@pytest.fixture
async def fresh(services: Services, tmp_path: Path) -> AsyncIterator[World]:
    async with world(services, tmp_path) as made:
        yield made


async def begin_batches(fresh: World) -> Path:
    """Have a batch with each stream trigger that waits; gives the gate that lets both end.

    Of the hub something is done before: without a checkpoint, the next start would begin at its end.
    """
    gate = fresh.folder / "gate"
    await fresh.send("first")
    await fresh.until(lambda: fresh.done("for_ever") == ["first"])
    await fresh.write("running", waitFor=str(gate))
    await fresh.send("running", waitFor=str(gate))
    await fresh.until(lambda: bool(fresh.attempts("two_retries")))
    await fresh.until(lambda: len(fresh.attempts("for_ever")) == 2)
    return gate


async def begin_stop(fresh: World) -> None:
    """Ask the host to end; returns when it refuses connections."""
    fresh.processes[-1].terminate()

    async def refused() -> bool:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", fresh.said["port"])
        except ConnectionError:
            return True
        writer.close()
        return False

    await until(refused)


async def test_after_a_plain_stop_even_a_batch_that_succeeded_comes_again(fresh: World) -> None:
    await fresh.start()
    gate = await begin_batches(fresh)
    fresh.processes[-1].terminate()
    log = fresh.folder / "host.log"
    await fresh.until(lambda: "it stops; 4 batches still run" in log.read_text())
    gate.touch()
    await fresh.terminate()
    assert fresh.done("two_retries") == ["running"]
    assert fresh.done("for_ever") == ["first", "running"]
    assert await fresh.owners("with") == [None] * 4

    await fresh.start()
    await fresh.until(lambda: fresh.done("two_retries") == ["running"] * 2)
    await fresh.until(lambda: fresh.done("for_ever") == ["first", "running", "running"])


async def test_in_drain_mode_a_batch_of_the_change_feed_that_succeeds_is_done(
    fresh: World,
) -> None:
    fresh.environment[DRAINING] = "1"
    await fresh.start()
    gate = await begin_batches(fresh)
    fresh.processes[-1].terminate()
    log = fresh.folder / "host.log"
    await fresh.until(lambda: "it stops; 4 batches still run" in log.read_text())
    gate.touch()
    await fresh.terminate()

    await fresh.start()
    await fresh.write("next")
    await fresh.until(lambda: fresh.done("two_retries") == ["running", "next"])
    # Event Hubs take no checkpoint once the listener stops.
    await fresh.until(lambda: fresh.done("for_ever") == ["first", "running", "running"])
    assert fresh.done("two_retries").count("running") == 1


async def test_in_drain_mode_what_fails_for_ever_goes_on_until_the_process_ends(
    fresh: World,
) -> None:
    fresh.environment[DRAINING] = "1"
    await fresh.start(pace=PACE)
    await fresh.write("poison", failures=1_000_000)
    await fresh.until(lambda: len(fresh.attempts("endless")) > 2)
    await begin_stop(fresh)
    before = len(fresh.attempts("endless"))

    await fresh.until(lambda: len(fresh.attempts("endless")) > before + 2)
    await fresh.terminate()
    # It was cut off: its lease is neither advanced nor free.
    assert Counter(await fresh.owners("endless"))[None] == 3


async def test_a_batch_that_was_to_be_tried_again_comes_again_after_a_plain_stop(
    fresh: World,
) -> None:
    await fresh.start()
    await fresh.send("first")
    await fresh.until(lambda: fresh.done("for_ever") == ["first"])
    await fresh.send("poison", failures=1_000_000)
    await fresh.until(lambda: len(fresh.attempts("for_ever")) > 2)
    await fresh.terminate()
    before = len(fresh.attempts("for_ever"))

    await fresh.start()
    await fresh.until(lambda: len(fresh.attempts("for_ever")) > before)

    assert fresh.attempts("for_ever")[before] == (1, ["poison"])


async def test_until_the_last_request_is_answered_the_triggers_take_new_batches(
    fresh: World,
) -> None:
    gate = fresh.folder / "gate"
    await fresh.start()
    async with aiohttp.ClientSession() as http:
        url = f"http://127.0.0.1:{fresh.said['port']}/api/waits?for={gate}"
        asking = asyncio.create_task(http.get(url))
        await fresh.until(lambda: bool(fresh.of("waits")))
        await begin_stop(fresh)
        await fresh.write("late")
        await fresh.until(lambda: fresh.done("two_retries") == ["late"])
        gate.touch()
        answer = await asking
        assert (answer.status, await answer.text()) == (200, "waited")
    await fresh.terminate()


async def test_a_request_that_takes_too_long_is_cut_off(fresh: World) -> None:
    await fresh.start(pace=PACE)
    async with aiohttp.ClientSession() as http:
        url = f"http://127.0.0.1:{fresh.said['port']}/api/waits?for={fresh.folder}/never"
        asking = asyncio.create_task(http.get(url))
        await fresh.until(lambda: bool(fresh.of("waits")))
        await fresh.terminate()
        with pytest.raises(aiohttp.ClientError):
            await asking


async def test_a_drained_host_takes_nothing_frees_its_leases_and_can_resume(fresh: World) -> None:
    await fresh.start()
    await fresh.write("before")
    await fresh.until(lambda: fresh.done("two_retries") == ["before"])
    async with aiohttp.ClientSession(f"http://127.0.0.1:{fresh.said['port']}") as http:
        async with http.post("/admin/host/drain") as drained:
            assert drained.status == 202
        await until(lambda: fresh.owners("with"), lambda owners: owners == [None] * 4)
        await fresh.write("meanwhile")
        async with http.post("/api/echo/a/b", data=b"{}") as served:
            assert served.status == 202
            assert json.loads(await served.text())["params"] == {"first": "a", "second": "b"}
        assert fresh.done("two_retries") == ["before"]

        async with http.post("/admin/host/resume") as resumed:
            assert resumed.status == 202
    await fresh.until(lambda: fresh.done("two_retries") == ["before", "meanwhile"])
