"""Reactions: what events cause is dispatched, under ids that let a redelivered event cause nothing new."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from consumers.delivery import Delivery, Run
from consumers.stored_events import event_in, replay_stored, shown_event
from shared.adapters.names import REACTIONS
from shared.kernel.delivery.parking import Parked, Suspecting
from shared.kernel.delivery.retry import Attempts
from shared.kernel.domain import Domain
from shared.kernel.messages.envelope import Envelope
from shared.kernel.ports import EventStore, Parking
from shared.kernel.reactions.caused_commands import event_of
from shared.kernel.reactions.event_processor import EventProcessor


@dataclass(frozen=True, slots=True)
class Reactions:
    """Runs the receptors and the policies of a domain over the log; the rows of a rebuild never come by here."""

    domain: Domain
    processor: EventProcessor
    store: EventStore
    parking: Parking
    now: Callable[[], datetime]

    async def react(self, bodies: Iterable[bytes], attempts: Attempts | None = None) -> None:
        """Reacts to a batch of messages; raises a group of all that may go well later."""
        await self._delivery.take(bodies, event_in, attempts)

    async def replay(self, marker: Parked) -> int | Parked:
        """Reacts to what a marker holds back; returns the tail, or the marker that the stream stays parked at."""
        return await replay_stored(self._delivery, self.store, marker)

    @property
    def _delivery(self) -> Delivery[Envelope, None]:
        return Delivery(REACTIONS, self.parking, self.now, shown_event, self._handle)

    async def _handle(self, run: Run[Envelope]) -> None:
        for envelope in run.messages:
            with Suspecting(envelope.subject, envelope.sequence):
                event = event_of(self.domain, envelope)
                await self.processor.process(envelope, event)
