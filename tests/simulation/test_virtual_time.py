"""Virtual time passes at once, in order, and who waits for it can be called off."""

import asyncio

import pytest

from tests.simulation import virtual_time
from tests.simulation.virtual_time import sleep


def test_what_is_due_first_happens_first_and_takes_no_time() -> None:
    async def wait(seconds: float, seen: list[float]) -> None:
        await sleep(seconds)
        seen.append(asyncio.get_running_loop().time())

    async def world() -> list[float]:
        seen: list[float] = []
        await asyncio.gather(*(wait(seconds, seen) for seconds in (3600.0, 1.0, 60.0)))
        return seen

    assert virtual_time.run(world()) == [1.0, 60.0, 3600.0]


def test_who_is_called_off_twice_wakes_once() -> None:
    async def world() -> bool:
        task = asyncio.ensure_future(asyncio.wait_for(asyncio.Event().wait(), 10))
        sleeping = asyncio.create_task(_asleep())
        await sleep(1)
        for one in (task, sleeping, sleeping):
            one.cancel()
        await asyncio.gather(task, sleeping, return_exceptions=True)
        return task.cancelled() and sleeping.cancelled()

    assert virtual_time.run(world())


async def _asleep() -> None:
    await sleep(10)


def test_a_world_in_which_everything_waits_for_ever_ends() -> None:
    async def world() -> None:
        await asyncio.Event().wait()

    with pytest.raises(RuntimeError, match="nothing will ever happen"):
        virtual_time.run(world())
