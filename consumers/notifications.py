"""Notifications: what others are told of events, under ids that let them know a redelivered one again."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from consumers.streams import Streams
from shared.kernel.delivery.parking import Suspecting
from shared.kernel.domain import Domain
from shared.kernel.enricher import Lookup
from shared.kernel.envelope import Envelope
from shared.kernel.errors import NotificationRefused, NotificationTooLarge, Poison
from shared.kernel.message import Event, Message
from shared.kernel.notification import Notification, Unwanted, notification, size_of
from shared.kernel.patience import patiently
from shared.kernel.ports import EventStore, Notifier, Parking, RowReader
from shared.kernel.reactions import event_of
from shared.kernel.stream import StreamName
from shared.kernel.view import Row

CONSUMER = "notifications"


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

    async def notify(self, bodies: Iterable[bytes]) -> None:
        """Publish what a batch of messages is to tell; raises what may go well later: the batch comes again."""
        told: list[Notification] = []
        collect, publish = partial(self._collect, told), partial(self._publish, told)
        await self._streams.handle(bodies, collect, publish)

    async def replay(self, stream: StreamName, version: int) -> int:
        """Tell of a stream from a version to its tail, and give the tail's version; raises Poison."""
        told: list[Notification] = []
        tail = await self._streams.replay(stream, version, partial(self._collect, told))
        for poison in await self._publish(told):
            raise poison
        return tail

    @property
    def _streams(self) -> Streams:
        return Streams(CONSUMER, self.store, self.parking, self.now)

    async def _collect(self, told: list[Notification], envelope: Envelope) -> None:
        """Add what an event is to tell; raises Poison, or what may go well later."""
        with Suspecting(envelope.subject, envelope.sequence):
            event = event_of(self.domain, envelope)
        new: list[Notification] = []
        for enricher in self.domain.enrichers:
            if type(event) is enricher.event:
                rows = await self._found(enricher.lookup, envelope, event)
                with Suspecting(envelope.subject, envelope.sequence):
                    found = _read(enricher.lookup, rows)
                    new.append(self._checked(notification(enricher, envelope, event, found)))
        told += new

    async def _found(
        self, lookup: Lookup[Any, Any] | None, envelope: Envelope, event: Event
    ) -> Mapping[str, Sequence[Row]]:
        if lookup is None:
            return {}
        with Suspecting(envelope.subject, envelope.sequence):
            keys = list(dict.fromkeys(lookup.keys(envelope.stream, event)))
        reads = [
            patiently(partial(self.rows.of_key, lookup.view.name, key), self.pause) for key in keys
        ]
        return dict(zip(keys, await asyncio.gather(*reads), strict=True))

    def _checked(self, made: Notification) -> Notification:
        size = size_of(made)
        if size > self.notifier.largest:
            raise NotificationTooLarge(f"{made.id} has {size} bytes")
        return made

    async def _publish(self, told: Sequence[Notification]) -> Sequence[Poison]:
        """Publish, and blame the events of what will never be taken."""
        if not told:
            return ()
        unwanted = await patiently(partial(self.notifier.publish, told), self.pause)
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
    return {key: data_type.model_validate(found[0].data) for key, found in rows.items() if found}
