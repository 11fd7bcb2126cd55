"""Notifications: what others are told of events, under ids that let them know a redelivered one again."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from consumers.delivery import Delivery, Run
from consumers.public_events import PublicEvents
from consumers.stored_events import event_in, replay_stored, shown_event
from shared.adapters.names import NOTIFICATIONS
from shared.kernel.delivery.parking import Parked, Suspecting
from shared.kernel.delivery.retry import Attempts, retrying
from shared.kernel.domain import Domain
from shared.kernel.errors import NotificationRefused, NotificationTooLarge, Poison
from shared.kernel.messages.envelope import Envelope
from shared.kernel.messages.notification import Notification, Unwanted, size_of
from shared.kernel.ports import EventStore, Notifier, Parking, RowReader


@dataclass(frozen=True, slots=True)
class Notifications:
    """Runs the enrichers of a domain over the log, and publishes what they make."""

    domain: Domain
    rows: RowReader
    notifier: Notifier
    store: EventStore
    parking: Parking
    now: Callable[[], datetime]
    pause: Callable[[int], Awaitable[None]]

    async def notify(self, bodies: Iterable[bytes], attempts: Attempts | None = None) -> None:
        """Tells of a batch of messages; raises a group of all that may go well later."""
        await self._delivery.take(bodies, event_in, attempts)

    async def replay(self, marker: Parked) -> int | Parked:
        """Tells of what a marker holds back; returns the tail, or the marker that the stream stays parked at."""
        return await replay_stored(self._delivery, self.store, marker)

    @property
    def _delivery(self) -> Delivery[Envelope, Sequence[Notification]]:
        return Delivery(
            *(NOTIFICATIONS, self.parking, self.now, shown_event), self._told, self._publish
        )

    async def _told(self, run: Run[Envelope]) -> Sequence[Notification]:
        """Give what events are to tell; raises Poison, or what may go well later."""
        told: list[Notification] = []
        for envelope in run.messages:
            with Suspecting(envelope.subject, envelope.sequence):
                told += await self._made(envelope)
        return told

    async def _made(self, envelope: Envelope) -> Sequence[Notification]:
        public = PublicEvents(self.domain, self.rows, self.pause)
        made = await public.of(envelope, self.domain.enrichers)
        for one in made:
            size = size_of(one)
            if size > self.notifier.largest:
                raise NotificationTooLarge(f"{one.id} has {size} bytes")
        return made

    async def _publish(self, batch: Sequence[Sequence[Notification]]) -> Sequence[Poison]:
        """Publish all that a batch is to tell, and blame the events of what will never be taken."""
        told = list(chain.from_iterable(batch))
        if not told:
            return ()
        unwanted = await retrying(self.pause, self.notifier.publish, told)
        return [_blamed(one) for one in unwanted]


def _blamed(unwanted: Unwanted) -> Poison:
    told = unwanted.notification
    refused = NotificationRefused(f"{told.id}: {unwanted.reason}")
    return Poison(told.subject, told.sequence, refused)
