"""Events of others become commands: each once, whoever brings it and however often."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import partial
from itertools import chain
from typing import Any

from consumers.delivery import Delivery, Run
from consumers.webhooks.delivery_bodies import parse, read
from shared.adapters.identity.webhook_senders import Sender
from shared.adapters.names import WEBHOOKS
from shared.kernel.commands.dispatcher import Dispatcher
from shared.kernel.delivery.parking import Parked
from shared.kernel.delivery.retry import retrying
from shared.kernel.domain import Domain
from shared.kernel.errors import InvalidMessage
from shared.kernel.messages.inbound_event import InboundEvent, InboundReceptor
from shared.kernel.ports import Parking, Receipts
from shared.kernel.reactions.caused_commands import unrefused


@dataclass(frozen=True, slots=True)
class Webhooks:
    """Hands events of others to the receptors that are bound to their types; other types are nobody's business."""

    domain: Domain
    dispatcher: Dispatcher
    parking: Parking
    receipts: Receipts
    now: Callable[[], datetime]
    pause: Callable[[int], Awaitable[None]]

    async def handle(self, events: Sequence[InboundEvent]) -> None:
        """Handles all events of a delivery; raises a group of what may go well later: the delivery comes again.

        What can never go well is parked, with the whole event: it is neither lost nor sent again in vain.
        """
        await self._delivery.deliver([[Run(_name(event), {1: event})] for event in events])

    async def take(self, body: bytes, sender: Sender, declared: str = "") -> None:
        """Handles what nobody can be told that it is unreadable, or not the sender's: it is parked then.

        `declared` is its media type, where somebody has said so.
        """
        try:
            events = parse({"content-type": declared}, body)
        except InvalidMessage as error:
            await self._delivery.park_unreadable(body, error)
            return
        await self.handle([one for one in events if _may_deliver(sender, one)])
        others = [
            one
            for one in events
            if not (_may_deliver(sender, one) or sender.is_gone(one.source, one.type))
            and self._bound(one)
        ]
        refusing = replace(self._delivery, handle=partial(_refuse, sender))
        await refusing.deliver([[Run(_name(event), {1: event})] for event in others])

    async def replay(self, marker: Parked) -> int | Parked:
        """Handles a parked event again; returns its version, or the marker that it stays parked at."""
        event = read({"specversion": "1.0", **(marker.envelope or {})})
        run = Run(marker.stream, {marker.version: event})
        return await self._delivery.replay(run) or marker.version

    @property
    def _delivery(self) -> Delivery[InboundEvent, None]:
        # Each event is parked for itself: others of its source need not wait for it.
        return Delivery(
            *(WEBHOOKS, self.parking, self.now, _shown), self._handle, heeds_markers=False
        )

    async def _handle(self, run: Run[InboundEvent]) -> None:
        for event in run.messages:
            bound = self._bound(event)
            if bound:
                await self._receive(event)
            for request in chain.from_iterable(one.commands(event) for one in bound):
                dispatched = await retrying(self.pause, self.dispatcher.dispatch, request)
                unrefused(request, dispatched)

    def _bound(self, event: InboundEvent) -> list[InboundReceptor[Any]]:
        return [one for one in self.domain.inbound if one.event_type == event.type]

    async def _receive(self, event: InboundEvent) -> None:
        """Keep what came, before it takes effect; raises InvalidMessage if its name stands for something else."""
        first = await retrying(self.pause, self.receipts.first, event.key, event.digest)
        if first != event.digest:
            raise InvalidMessage(f"{event.type} {event.key}: another body came under this name")


def _may_deliver(sender: Sender, event: InboundEvent) -> bool:
    return sender.may_deliver(event.source, event.type)


async def _refuse(sender: Sender, run: Run[InboundEvent]) -> None:
    """Raise InvalidMessage for an event that its sender may not deliver."""
    for event in run.messages:
        raise InvalidMessage(
            f"{event.type} {event.key}: no setting lets '{sender.name}' deliver it"
        )


def _shown(event: InboundEvent) -> Mapping[str, Any]:
    """Give all of an event, which nobody else keeps, so that it can be read again."""
    return {name: value for name, value in asdict(event).items() if value is not None}


def _name(event: InboundEvent) -> str:
    # Each body under one name is parked for itself: none hides another.
    named = f"{event.key} {event.digest}"
    return f"inbound-{hashlib.sha256(named.encode()).hexdigest()[:32]}"
