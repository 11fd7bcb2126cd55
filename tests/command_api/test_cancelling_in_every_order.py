"""Whoever cancels a scheduled command is told the truth, in whatever order cancelling and delivery happen."""

import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import azure.functions as func
import pytest

from consumers.mailbox import Mailbox
from consumers.scheduled_commands import Schedule
from shared.adapters.memory import MemoryLog, MemoryParking
from shared.kernel.commands.dispatcher import dispatcher
from tests.command_api.interleaving import Choose, Gate, every_order
from tests.command_api.scheduling import DAY, TOMORROW, Library
from tests.kernel.asking import no_pause
from tests.kernel.lending import lending

SAMPLE = 150


class Held:
    """A port whose calls are let through by a gate."""

    def __init__(self, gate: Gate, inner: Any) -> None:
        self._gate, self._inner = gate, inner

    def __getattr__(self, name: str) -> Any:
        called = getattr(self._inner, name)

        async def call(*given: Any, **named: Any) -> Any:
            await self._gate.pass_through()
            return await called(*given, **named)

        return call if callable(called) else called


class World:
    """A command that is scheduled, and sent at once under the same key: it waits in the mailbox."""

    def __init__(self) -> None:
        self.gate, self.library = Gate(), Library()
        rows, outcomes, store = (
            Held(self.gate, one)
            for one in (self.library.rows, self.library.outcomes, self.library.store)
        )

        async def give_rows() -> Any:
            return rows

        deciding = dispatcher(lending, store, self.library.now, no_pause)
        parking = MemoryParking()
        self.mailbox = Mailbox(*(lending, deciding, outcomes, parking, self.library.now, no_pause))
        self.timer = Schedule(rows, self.mailbox, outcomes, self.library.now, page=2)
        self.library.api = replace(
            self.library.api,
            rows=rows,
            scheduled=give_rows,
            outcomes=outcomes,
            store=store,
        )

    async def begin(self) -> None:
        self.answer: func.HttpResponse = await self.library.asks(TOMORROW)
        await self.library.asks(None)
        hub = await self.library.api.mailbox()
        assert isinstance(hub, MemoryLog)
        self.waiting = [message for messages in hub.messages for message in messages]

    async def cancel(self) -> tuple[int, Any]:
        return await self.library.cancels(self.answer)

    async def deliver(self) -> None:
        await self.mailbox.handle(self.waiting)

    async def look(self) -> None:
        await self.timer.run()

    async def check(self, told: tuple[int, Any]) -> None:
        """Let everything come again, and compare what was told with what has become of it."""
        self.library.moment += DAY
        for _ in range(2):
            await self.deliver()
            await self.look()
        status = (await self.library.status(self.answer))["outcome"]
        effects = len(self.library.store.written)
        expected = ("cancelled", 0) if told == (200, "cancelled") else ("done", 1)
        assert (status, effects) == expected, told
        assert told in {(200, "cancelled"), (409, "handed-over")}
        assert self.library.rows.all() == []


type Work = Callable[[World], Awaitable[Any]]


async def _held(work: Sequence[Work], choose: Choose, *, due: bool) -> tuple[int, Any]:
    """Let all work in an order, hold what was told against what came of it, and give it."""
    world = World()
    await world.begin()
    if due:
        world.library.moment += DAY
    told: tuple[int, Any]
    told, *_ = await world.gate.run([partial(one, world) for one in work], choose)
    await world.check(told)
    return told


async def test_who_cancels_a_command_that_is_in_the_mailbox_is_told_the_truth() -> None:
    work = [World.cancel, World.deliver]
    told = [one async for one in every_order(lambda choose: _held(work, choose, due=False))]

    assert {status for status, _ in told} == {200, 409}
    assert len(told) > 100


@pytest.mark.parametrize("work", [[World.look], [World.deliver, World.look]], ids=len)
async def test_and_so_is_who_cancels_one_that_is_due(work: list[Work]) -> None:
    dice = random.Random(0)

    told = [await _held([World.cancel, *work], dice.choice, due=True) for _ in range(SAMPLE)]

    assert {status for status, _ in told} == {200, 409}
