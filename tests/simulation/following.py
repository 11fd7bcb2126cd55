"""Another service that follows the feed of a world: what every event came to, and how far its place is."""

import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from consumers.polling.documents import Item
from consumers.polling.place import Place, names
from shared.adapters.memory import MemoryProgress, MemoryReceipts
from shared.kernel.feeds.cursor import FeedCursor
from tests.simulation.cloud import Cloud
from tests.simulation.follower_business import is_poisonous

PUSHED = 3
"""The events of one stream in so many come by webhook, too."""

type Events = Sequence[Mapping[str, Any]]
type Reached = tuple[int, Sequence[int]]
"""A generation of the feed, and how many events of each of its chains."""


@dataclass
class Following:
    """The service, which has a `cloud` of its own, and how it follows, `since` a moment.

    A `strict` feed answers old cursors with 410.

    What somebody else has `read` by the cursors of the feed stands here, too.
    """

    followed: Cloud
    cloud: Cloud
    form: str
    strict: bool
    since: float
    read: list[Mapping[str, Any]] = field(default_factory=list)
    receipts: MemoryReceipts = field(default_factory=MemoryReceipts)
    _counted: int = 0
    _effects: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.cloud.progress = WatchedPlaces(self)

    def effects(self) -> Counter[str]:
        """Count what took effect, by the ids of events, in the order in which it did."""
        written = self.cloud.store.written
        self._effects.update(
            commit.metadata.causation_id.partition(" ")[2] for commit in written[self._counted :]
        )
        self._counted = len(written)
        return self._effects

    def parked(self) -> set[str]:
        """Name the events that are parked."""
        markers = self.cloud.parking.markers()
        return {(one.envelope or {}).get("id", one.stream) for one in markers}

    def offered(self, generation: int | None = None) -> list[Events]:
        """Give the events of each chain: of the feed as it is now, or of a generation."""
        (feed,), pages = self.followed.domain.feeds, self.followed.pages.pages
        found: list[Events] = []
        for partition in range(feed.partitions):
            chain = f"{feed.name}~{generation or feed.generation}/{partition}"
            numbers = sorted(number for one, number in pages if one == chain)
            found.append([e for number in numbers for e in pages[chain, number].page.events])
        return found

    def reached(self, place: Place) -> Reached | None:
        """Tell how far a place is; None where it is at the beginning."""
        if self.form == "archives":
            return self._archived(place.done) if place.done else None
        if place.url is None:
            return None
        asked = dict(parse_qsl(urlsplit(place.url).query))
        if "cursor" in asked:
            cursor = FeedCursor.parse(asked["cursor"])
            behind = [
                self._before(cursor.generation, number, at.page) + at.events
                for number, at in enumerate(cursor.places)
            ]
            return cursor.generation, behind
        ((events),) = self.offered()
        last = asked.get("lastEventId")
        before = list(takewhile(lambda event: event["id"] != last, events))
        return (1, [len(before) + 1]) if last else None

    def _archived(self, url: str) -> Reached:
        generation, _, page = url.rpartition("/")[2].partition("-")
        return int(generation), [self._before(int(generation), 0, int(page) + 1)]

    def _before(self, generation: int, partition: int, page: int) -> int:
        (feed,), pages = self.followed.domain.feeds, self.followed.pages.pages
        chain = f"{feed.name}~{generation}/{partition}"
        return sum(len(pages[chain, number].page.events) for number in range(1, page))

    def ahead(self, reached: Reached) -> Iterator[str]:
        """Name what a place is ahead of: what has taken no effect yet, and is not parked."""
        generation, behind = reached
        effects, parked = self.effects(), self.parked()
        for events, count in zip(self.offered(generation), behind, strict=True):
            for event in events[:count]:
                if event["id"] not in effects and event["id"] not in parked:
                    yield f"{event['subject']}: the place is behind {event['id']}, which has no effect"

    def unhandled(self, place: Place) -> Iterator[str]:
        """Name what a place says was seen, and what has neither taken effect nor is parked."""
        effects, parked = self.effects(), self.parked()
        for event in (one for events in self.offered() for one in events if place.seen):
            item = Item(event["id"], f"{event['source']} {event['subject']}", b"")
            if set(names([item])) & set(place.seen) and not {event["id"]} & {*effects, *parked}:
                yield f"{event['subject']}: {event['id']} counts as seen, and has no effect"


class WatchedPlaces(MemoryProgress):
    """The place of who follows: it is behind all effects, and never goes back, unless it begins anew."""

    def __init__(self, following: Following) -> None:
        super().__init__()
        self.following = following

    async def advance(self, name: str, position: str, replacing: str | None) -> str | None:
        tag = await super().advance(name, position, replacing)
        if tag is not None:
            self._look(position)
        return tag

    async def write(self, name: str, position: str) -> None:
        self._known = self.positions.get(name)
        await super().write(name, position)

    def _look(self, position: str) -> None:
        following = self.following
        place = Place.model_validate_json(position)
        following.cloud.back += following.unhandled(place)
        reached = following.reached(place)
        known = following.reached(Place.model_validate_json(self._known)) if self._known else None
        if reached is None:
            return
        following.cloud.back += following.ahead(reached)
        if known is not None and known[0] == reached[0] and list(known[1]) > list(reached[1]):
            following.cloud.back.append(f"the place goes back from {known} to {reached}")


def is_pushed(event: Mapping[str, Any]) -> bool:
    """Tell whether an event comes by webhook, too."""
    return zlib.crc32(event["subject"].encode()) % PUSHED == 0


def misread(following: Following, read: Events, how: str) -> list[str]:
    """Name what was not read once, and in the order of its chain."""
    ids = [event["id"] for event in read]
    wrong: list[str] = []
    for chain in following.offered():
        wanted = [event["id"] for event in chain]
        own, of_chain = [one for one in ids if one in set(wanted)], set(ids)
        if own != wanted:
            lacking = sorted(set(wanted) - of_chain)
            wrong.append(f"{how} has read {len(own)} of {len(wanted)} events, without {lacking}")
    return wrong


def unfollowed(following: Following) -> list[str]:
    """Name what was not followed exactly once in effect, in the order of its stream, and what was made up."""
    effects, parked = following.effects(), following.parked()
    offered = {event["id"]: event for events in following.offered() for event in events}
    wrong = [*following.cloud.back, *following.cloud.watch.wrong]
    wrong += misread(following, following.read, "who reads by cursors")
    for id_, event in offered.items():
        wanted = 0 if is_poisonous(event["type"], event["data"]) else 1
        if effects[id_] != wanted:
            wrong.append(
                f"{event['subject']}: {id_} took effect {effects[id_]} times, not {wanted}"
            )
        if (id_ in parked) != (wanted == 0):
            wrong.append(
                f"{event['subject']}: {id_} is {'' if wanted == 0 else 'not '}to be parked"
            )
    made_up = sorted((+effects).keys() - offered.keys() | parked - offered.keys())
    wrong += [f"{id_} was followed, and is not in the feed" for id_ in made_up]
    last: Counter[str] = Counter()
    for event in (offered[id_] for id_ in effects if id_ in offered):
        if not is_pushed(event) and event["sequence"] < last[event["subject"]]:
            wrong.append(f"{event['subject']}: {event['id']} took effect out of order")
        last[event["subject"]] = event["sequence"]
    return wrong
