"""Events of others become commands: each once, whoever brings it and however often."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from consumers.delivery import Delivery, Run
from consumers.webhooks.deliveries import parse, read
from shared.adapters.names import WEBHOOKS
from shared.kernel.commands.dispatcher import Dispatcher
from shared.kernel.delivery.parking import Parked
from shared.kernel.delivery.retry import retrying
from shared.kernel.domain import Domain
from shared.kernel.errors import InvalidMessage
from shared.kernel.messages.commit import timestamp
from shared.kernel.messages.inbound_event import InboundEvent
from shared.kernel.ports import Parking
from shared.kernel.reactions.caused_commands import unrefused


@dataclass(frozen=True, slots=True)
class Webhooks:
    """Hands events of others to the receptors that are bound to their types; other types are nobody's business."""

    domain: Domain
    dispatcher: Dispatcher
    parking: Parking
    now: Callable[[], datetime]
    pause: Callable[[int], Awaitable[None]]

    async def handle(self, events: Sequence[InboundEvent]) -> None:
        """Handles all events of a delivery; raises a group of what may go well later: the delivery comes again.

        What can never go well is parked, with the whole event: it is neither lost nor sent again in vain.
        """
        await self._delivery.deliver([[Run(_name(event), {1: event})] for event in events])

    async def take(self, body: bytes) -> None:
        """Handles what nobody can be told that it is unreadable: it is parked then, as a text."""
        try:
            events = parse({}, body)
        except InvalidMessage as error:
            await self._delivery.park_unreadable(body, error)
        else:
            await self.handle(events)

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
        time = timestamp(self.now())
        for event in run.messages:
            for receptor in self.domain.inbound:
                if receptor.event_type == event.type:
                    for request in receptor.commands(event, time):
                        dispatch = self.dispatcher.dispatch
                        unrefused(request, await retrying(self.pause, dispatch, request))


def _shown(event: InboundEvent) -> Mapping[str, Any]:
    """Give all of an event, which nobody else keeps, so that it can be read again."""
    return {name: value for name, value in asdict(event).items() if value is not None}


def _name(event: InboundEvent) -> str:
    return f"inbound-{hashlib.sha256(event.key.encode()).hexdigest()[:32]}"
