"""What every log promises."""

import asyncio

import pytest

from shared.kernel.errors import EventTooLarge
from tests.contracts.conftest import ReadableLog


async def test_messages_of_a_partition_are_kept_in_order(log: ReadableLog) -> None:
    first = [f"a{n}".encode() for n in range(50)]
    second = [f"b{n}".encode() for n in range(50)]

    await log.port.send(1, first)
    await log.port.send(1, second)

    assert await log.messages(1, 100) == [*first, *second]


async def test_partitions_are_apart(log: ReadableLog) -> None:
    await asyncio.gather(*(log.port.send(p, [f"p{p}".encode()]) for p in range(4)))

    read = await asyncio.gather(*(log.messages(p, 1) for p in range(4)))
    assert read == [[b"p0"], [b"p1"], [b"p2"], [b"p3"]]


async def test_more_than_fits_into_one_message_is_sent_all_the_same(log: ReadableLog) -> None:
    bodies = [bytes([number]) * 300_000 for number in range(9)]

    await log.port.send(2, bodies)

    assert await log.messages(2, 9) == bodies


async def test_what_can_never_fit_is_told_so(log: ReadableLog) -> None:
    with pytest.raises(EventTooLarge):
        await log.port.send(0, [b"x" * 1_100_000])
