"""What tells how far stages are behind is asked about one partition by several of them at once."""

import asyncio

from emulators.tests.serving import Services
from emulators.tests.waiting import in_time
from shared.adapters.event_hubs import open_log
from shared.adapters.log_reader import open_log_reader
from tests.adapters.emulators import local_settings


async def test_stages_that_are_behind_on_one_partition_are_all_told(services: Services) -> None:
    settings = local_settings(services)
    log, reader = open_log(settings), open_log_reader(settings)
    await log.send(3, [b"{}"])
    _, last = (await reader.extents())[3]

    async with in_time():
        times = await asyncio.gather(*(reader.time_after(3, last - 1) for _ in range(2)))

    assert len(set(times)) == 1
    assert times[0] is not None
    await reader.close()
    await log.close()
