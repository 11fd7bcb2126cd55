"""The mailbox of a stream: who goes away is not waited for, and stops nobody."""

import asyncio
from collections.abc import Sequence

import pytest

from shared.domain.shop.item.commands import ReceiveStock
from shared.kernel.commands.command_batcher import CommandBatcher, Waiting
from shared.kernel.commands.outcome import Outcome, Unchanged
from shared.kernel.messages.stream import StreamName
from tests.kernel.worlds import request


class Gate:
    """Handles commands when it is let through, and remembers which were handled together."""

    def __init__(self) -> None:
        self.turns = asyncio.Semaphore(0)
        self.handled: list[list[str]] = []
        self.batcher = CommandBatcher(self._handle)

    async def _handle(self, _stream: StreamName, waiting: Sequence[Waiting]) -> Sequence[Waiting]:
        self.handled.append([one.request.command_id for one in waiting])
        await self.turns.acquire()
        for one in waiting:
            one.tell(Unchanged(version=7))
        return ()

    async def put(self, id_: str) -> "asyncio.Task[Outcome]":
        """Let a client ask, and wait until it waits."""
        task = asyncio.create_task(self.batcher.put(request(ReceiveStock(quantity=1), id_)))
        await asyncio.sleep(0)
        return task


async def test_those_who_went_away_before_their_turn_are_not_handled() -> None:
    gate = Gate()
    first, gone = await gate.put("first"), await gate.put("gone")
    gone.cancel()
    gate.turns.release()

    assert await first == Unchanged(version=7)
    with pytest.raises(asyncio.CancelledError):
        await gone
    assert gate.handled == [["first"]]
    gate.turns.release()
    assert await (await gate.put("later")) == Unchanged(version=7)


async def test_those_who_go_away_during_their_turn_stop_nobody() -> None:
    gate = Gate()
    first, gone, stays = [await gate.put(id_) for id_ in ("first", "gone", "stays")]
    gate.turns.release()
    await first
    await asyncio.sleep(0)
    assert gate.handled == [["first"], ["gone", "stays"]]
    gone.cancel()
    await asyncio.sleep(0)
    gate.turns.release()

    assert await stays == Unchanged(version=7)
    assert gone.cancelled()
