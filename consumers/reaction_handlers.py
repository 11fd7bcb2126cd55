"""What the reactions of a domain do about an event: each receptor and each policy is one of its handlers."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from shared.kernel.commands.dispatcher import Dispatcher
from shared.kernel.commands.request import CommandRequest
from shared.kernel.delivery.retry import retrying
from shared.kernel.delivery.side_by_side import side_by_side
from shared.kernel.domain import Domain
from shared.kernel.messages.envelope import Envelope
from shared.kernel.messages.message import Event
from shared.kernel.reactions.caused_commands import Reacting, commands, unrefused
from shared.kernel.reactions.event_processor import EventProcessor

COMMANDS_AT_ONCE = 100
"""An event may cause something in many streams, and many events come at once: the store is asked by so many."""


def event_processor(
    domain: Domain,
    dispatcher: Dispatcher,
    pause: Callable[[int], Awaitable[None]],
) -> EventProcessor:
    """Register every receptor and every policy for the event that it is bound to."""
    processor, gate = EventProcessor(), asyncio.Semaphore(COMMANDS_AT_ONCE)
    for reacting in domain.reactions:
        cause = Cause(reacting, dispatcher, gate, pause)
        processor.register(reacting.event, cause.handle)
    return processor


@dataclass(frozen=True, slots=True)
class Cause:
    """One receptor or policy, whose commands go to the dispatcher through a gate that it shares."""

    reacting: Reacting
    dispatcher: Dispatcher
    gate: asyncio.Semaphore
    pause: Callable[[int], Awaitable[None]]

    async def handle(self, envelope: Envelope, event: Event) -> None:
        """Dispatches at once all that an event causes; raises a group of what failed."""
        requests = list(commands(self.reacting, envelope, event))
        _, failures = await side_by_side(map(self._dispatch, requests))
        if failures:
            raise BaseExceptionGroup(f"{self.reacting.name}, of {envelope.id}", failures)

    async def _dispatch(self, request: CommandRequest) -> None:
        # The batch would bring everything beside it again too.
        async with self.gate:
            outcome = await retrying(self.pause, self.dispatcher.dispatch, request)
        unrefused(request, outcome)
