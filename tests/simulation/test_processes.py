"""A host that dies ends what goes on in it, the same way each time."""

import asyncio
import random

from tests.simulation import virtual_time
from tests.simulation.calls import Calls
from tests.simulation.cloud import Cloud
from tests.simulation.processes import Process
from tests.simulation.virtual_time import sleep
from tests.simulation.weather import Weather

TASKS = 40


def test_what_goes_on_ends_in_the_order_in_which_it_began() -> None:
    ended: list[int] = []

    async def work(number: int) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(number)

    async def world() -> None:
        weather = Weather(random.Random(1), 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
        process = Process("host-0", Cloud(), weather, [], lambda _: None)
        process.calls = Calls("host-0", weather, process.crash)
        tasks = [process.spawn(work(number)) for number in range(TASKS)]
        await sleep(1)
        process.crash()
        await asyncio.gather(*tasks, return_exceptions=True)

    virtual_time.run(world())

    assert ended == list(range(TASKS))
