"""What is read of a hub beside its consumers: by several of them at once, from any number on."""

import asyncio
from dataclasses import replace

import pytest

from emulators.tests.serving import Services
from emulators.tests.waiting import in_time
from shared.adapters.event_hubs import open_log
from shared.adapters.log_reader import open_log_reader
from shared.kernel.errors import LogUnavailable
from shared.kernel.ports import NumberedMessage
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


async def test_a_hub_is_read_from_any_number_on(services: Services) -> None:
    settings = local_settings(services)
    log, reader = open_log(settings), open_log_reader(settings)
    first, last = (await reader.extents())[2]
    bodies = [f"message {number}".encode() for number in range(5)]
    await log.send(2, bodies)

    async with in_time():
        found = await reader.read(2, last + 2, 2)
        again = await reader.read(2, last, 5)
        begin = await reader.read(2, -1, 1)

    assert found[0] == NumberedMessage(last + 3, bodies[2])
    assert len(found) <= 2
    assert again[0] == NumberedMessage(last + 1, bodies[0])
    assert begin[0].number == first
    await reader.close()
    await log.close()


async def test_what_does_not_come_is_no_message(services: Services) -> None:
    reader = open_log_reader(replace(local_settings(services), publish_timeout=0.5))
    _, last = (await reader.extents())[1]

    with pytest.raises(LogUnavailable, match="no message came"):
        await reader.read(1, last, 1)

    await reader.close()
