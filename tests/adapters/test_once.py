"""What a process makes once: whoever asks, however many ask, and whatever goes wrong on the way."""

import asyncio

import pytest

from shared.adapters.lazy_singleton import once
from shared.kernel.errors import StoreUnavailable


class Maker:
    """Makes things, one after another, when it is let; fails as often as it is told to."""

    def __init__(self, failures: int = 0) -> None:
        self.let = asyncio.Event()
        self.begun = 0
        self.failures = failures
        self.thing = once(self.make)

    async def make(self) -> object:
        self.begun += 1
        await self.let.wait()
        if self.begun <= self.failures:
            raise StoreUnavailable("gone")
        return object()


async def asked(maker: Maker, times: int) -> list[asyncio.Task[object]]:
    tasks = [asyncio.create_task(maker.thing()) for _ in range(times)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return tasks


async def test_those_who_ask_at_once_get_the_same() -> None:
    maker = Maker()
    tasks = await asked(maker, 3)
    maker.let.set()

    things = await asyncio.gather(*tasks)

    assert {id(thing) for thing in things} == {id(await maker.thing())}
    assert maker.begun == 1


async def test_all_who_wait_see_a_failure_and_the_next_one_begins_anew() -> None:
    maker = Maker(failures=1)
    tasks = await asked(maker, 3)
    maker.let.set()

    failed = await asyncio.gather(*tasks, return_exceptions=True)

    assert [type(one) for one in failed] == [StoreUnavailable] * 3
    assert await maker.thing() is await maker.thing()
    assert maker.begun == 2


async def test_one_that_gives_up_leaves_it_to_the_others() -> None:
    maker = Maker()
    first, second = await asked(maker, 2)
    first.cancel()
    maker.let.set()

    with pytest.raises(asyncio.CancelledError):
        await first
    assert await second is await maker.thing()
    assert maker.begun == 1


async def test_what_was_cancelled_is_made_anew() -> None:
    maker = Maker()
    (task,) = await asked(maker, 1)
    assert maker.thing.making is not None
    maker.thing.making.cancel()
    maker.let.set()

    with pytest.raises(asyncio.CancelledError):
        await task
    assert await maker.thing()
    assert maker.begun == 2
