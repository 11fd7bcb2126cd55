"""Notifications: what others are told of events, under ids that let them know a redelivered one again."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

from consumers.delivery import Delivery, Run
from consumers.stored_events import event_in, replay_stored, shown_event
from shared.adapters.names import NOTIFICATIONS
from shared.kernel.delivery.parking import Parked, Suspecting
from shared.kernel.delivery.retry import Attempts, retrying
from shared.kernel.domain import Domain
from shared.kernel.errors import NotificationRefused, NotificationTooLarge, Poison
from shared.kernel.messages.envelope import Envelope
from shared.kernel.messages.json_reading import read
from shared.kernel.messages.message import Event, Message, check_fields
from shared.kernel.messages.notification import Notification, Unwanted, notification, size_of
from shared.kernel.ports import EventStore, Notifier, Parking, RowReader
from shared.kernel.reactions.caused_commands import event_of
from shared.kernel.reactions.enricher import Lookup
from shared.kernel.views.view import Row


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

    async def _made(self, envelope: Envelope) -> list[Notification]:
        event, made = event_of(self.domain, envelope), list[Notification]()
        for enricher in self.domain.enrichers:
            if type(event) is enricher.event:
                found = _read(enricher.lookup, await self._found(enricher.lookup, envelope, event))
                type_ = self.domain.public_type(enricher)
                made.append(self._checked(notification(type_, enricher, envelope, event, found)))
        return made

    async def _found(
        self, lookup: Lookup[Any, Any] | None, envelope: Envelope, event: Event
    ) -> Mapping[str, Sequence[Row]]:
        if lookup is None:
            return {}
        keys = list(dict.fromkeys(lookup.keys(envelope.stream, event)))
        # The first row of a key is the one that is looked up.
        read, view = self.rows.of_key, lookup.view.name
        reads = [retrying(self.pause, read, view, key, limit=1) for key in keys]
        return dict(zip(keys, await asyncio.gather(*reads), strict=True))

    def _checked(self, made: Notification) -> Notification:
        check_fields(made.data)
        size = size_of(made)
        if size > self.notifier.largest:
            raise NotificationTooLarge(f"{made.id} has {size} bytes")
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


def _read(
    lookup: Lookup[Any, Any] | None, rows: Mapping[str, Sequence[Row]]
) -> Mapping[str, Message]:
    if lookup is None:
        return {}
    data_type = lookup.view.data_type
    return {key: read(data_type, found[0].data) for key, found in rows.items() if found}
