"""Feeds: public events are appended to pages that others pull, each once, in the order of its stream.

The page is the only place where that is decided: it is written on the condition that nobody has appended anything
since the notes of the streams were read, and those notes say all that was appended before.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from consumers.chain_writing import Chains
from consumers.delivery import Delivery, Run
from consumers.public_events import PublicEvents
from consumers.stored_events import event_in, replay_stored, shown_event, stored
from shared.adapters.names import FEEDS
from shared.kernel.delivery.operator_decisions import skips
from shared.kernel.delivery.parking import Parked, Suspecting, poison_of
from shared.kernel.delivery.retry import Attempts
from shared.kernel.delivery.side_by_side import side_by_side
from shared.kernel.domain import Domain
from shared.kernel.errors import NotificationTooLarge, Poison
from shared.kernel.feeds.page import Entry
from shared.kernel.feeds.public_feed import PublicFeed
from shared.kernel.messages.envelope import Envelope
from shared.kernel.messages.notification import cloud_event, size_of
from shared.kernel.ports import EventStore, Parking, RowReader
from shared.kernel.reactions.enricher import Enricher


@dataclass(frozen=True, slots=True)
class Given:
    """What a run gives to one feed: entries up to the version `last`, made of the events that have arrived."""

    feed: PublicFeed
    run: Run[Envelope]
    entries: Sequence[Entry]

    @property
    def last(self) -> int:
        return self.entries[-1].version

    def lacks(self, reached: int) -> bool:
        """Tell whether an event between what the chain has and what is given has not arrived."""
        return any(one not in self.run.arrived for one in range(reached + 1, self.last))


@dataclass(frozen=True, slots=True)
class Feeds:
    """Runs the enrichers of feeds over the log, and appends what they make to the pages of the feeds."""

    domain: Domain
    rows: RowReader
    chains: Chains
    store: EventStore
    parking: Parking
    now: Callable[[], datetime]
    pause: Callable[[int], Awaitable[None]]

    async def feed(self, bodies: Iterable[bytes], attempts: Attempts | None = None) -> None:
        """Appends what a batch of messages gives; raises a group of all that may go well later."""
        await self.delivery.take(bodies, event_in, attempts)

    async def replay(self, marker: Parked) -> int | Parked:
        """Appends what a marker holds back; returns the tail, or the marker that the stream stays parked at."""
        return await replay_stored(self.delivery, self.store, marker)

    @property
    def delivery(self) -> Delivery[Envelope, Sequence[Given]]:
        """What hands events over to the feeds."""
        return Delivery(
            *(FEEDS, self.parking, self.now, shown_event), self._given, self._append_all
        )

    async def _given(self, run: Run[Envelope]) -> Sequence[Given]:
        """Make what a run gives to each feed; raises Poison, or what may go well later."""
        given: list[Given] = []
        for feed in self.domain.feeds:
            entries = await self._entries(feed, run.messages)
            if entries:
                given.append(Given(feed, run, entries))
        return given

    async def _entries(self, feed: PublicFeed, envelopes: Iterable[Envelope]) -> list[Entry]:
        entries: list[Entry] = []
        for envelope in envelopes:
            enrichers = self.domain.enrichers_of(feed, envelope.stream.category)
            if enrichers:
                with Suspecting(envelope.subject, envelope.sequence):
                    entries += await self._entry(feed, envelope, enrichers)
        return entries

    async def _entry(
        self, feed: PublicFeed, envelope: Envelope, enrichers: Sequence[Enricher[Any, Any, Any]]
    ) -> Sequence[Entry]:
        made = await PublicEvents(self.domain, self.rows, self.pause).of(envelope, enrichers)
        size = sum(map(size_of, made))
        if size > self.chains.feed_pages.largest:
            raise NotificationTooLarge(f"{envelope.id} has {size} bytes in '{feed.name}'")
        events = [dict(cloud_event(one)) for one in made]
        return [Entry(envelope.subject, envelope.sequence, events, size)] if events else ()

    async def _append_all(self, batch: Sequence[Sequence[Given]]) -> Sequence[Poison]:
        """Append what a batch gives, chain by chain, and blame the events of what can never be."""
        chains: dict[str, list[Given]] = {}
        for given in (one for several in batch for one in several):
            chains.setdefault(self._chain(given), []).append(given)
        works = (self._append(chain, several) for chain, several in chains.items())
        poisons, errors = await side_by_side(works)
        if errors:
            raise BaseExceptionGroup("not every page was written", errors)
        return [one for several in poisons for one in several]

    def _chain(self, given: Given) -> str:
        return given.feed.chain_of(given.run.stream)

    async def _append(self, chain: str, several: Sequence[Given]) -> list[Poison]:
        streams = {one.run.stream for one in several}
        reached = await self.chains.feed_pages.reached(chain, streams)
        entries, poisons = list[Entry](), list[Poison]()
        for given in several:
            known = reached.get(given.run.stream, 0)
            if given.lacks(known):
                poisons += await self._append_stored(chain, given, known + 1)
            else:
                entries += given.entries
        return poisons + await self.chains.append(chain, entries)

    async def _append_stored(self, chain: str, given: Given, version: int) -> list[Poison]:
        """Append from the store what the log has not brought (yet), and what is given behind it."""
        stream = given.run.stream
        skipped = await skips(self.parking, FEEDS, stream)
        try:
            async with aclosing(stored(self.store, stream, version, skipped.keys())) as parts:
                async for part in parts:
                    events = replace(part, skips=skipped).until(given.last).messages
                    poisons, entries = await self._sound(given.feed, events)
                    poisons = [*await self.chains.append(chain, entries), *poisons]
                    if poisons:
                        return poisons
                    if max(part.arrived) >= given.last:
                        break
        except Poison as poison:
            return [poison]
        return await self.chains.append(chain, given.entries)

    async def _sound(
        self, feed: PublicFeed, envelopes: Sequence[Envelope]
    ) -> tuple[list[Poison], list[Entry]]:
        """Make entries up to the first event that can never be one, which is blamed."""
        entries: list[Entry] = []
        for envelope in envelopes:
            try:
                entries += await self._entries(feed, [envelope])
            except Exception as error:
                poison = poison_of(error, envelope.subject, envelope.sequence)
                if poison is None:
                    raise
                return [poison], entries
        return [], entries
