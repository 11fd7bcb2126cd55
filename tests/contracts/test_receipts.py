"""What every store of receipts promises."""

import asyncio

from shared.kernel.ports import Receipts


async def test_what_came_first_under_a_key_stays(receipts: Receipts) -> None:
    assert await receipts.first("/carriers/fast p1", "a") == "a"
    assert await receipts.first("/carriers/fast p1", "b") == "a"
    assert await receipts.first("/carriers/fast p1", "a") == "a"
    assert await receipts.first("/carriers/slow p1", "b") == "b"
    assert await receipts.first("/carriers/fast#?/\\ p1", "c") == "c"


async def test_of_many_that_come_at_once_all_are_told_the_same_first(receipts: Receipts) -> None:
    told = await asyncio.gather(*(receipts.first("/s 1", str(one)) for one in range(10)))

    assert len(set(told)) == 1
