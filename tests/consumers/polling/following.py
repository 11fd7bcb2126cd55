"""A follower of one feed on memory twins, and what the feed answers with."""

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from consumers.polling.place import Place
from consumers.polling.polling import Polling
from shared.adapters.memory import MemoryOthersFeeds, MemoryProgress
from shared.adapters.otel.metric_names import UNFOLLOWED
from shared.adapters.polled_feeds import read_polled_feeds
from shared.kernel.ports import FeedAnswer
from tests.consumers.webhooks.worlds import World, cloud

FEED = "https://carrier.example/feed"
BATCH = "application/cloudevents-batch+json"
ATOM = "http://www.w3.org/2005/Atom"


def parcel(number: int, **more: Any) -> dict[str, Any]:
    """Give an event of a parcel, for an order of its own."""
    data = {"orderId": f"O{number}", "customerId": "C1"}
    return cloud(f"p{number}", data=data, subject=f"parcel-{number}", **more)


def batch(events: Sequence[object], tag: str | None = None, **links: str) -> FeedAnswer:
    """Give a document of events, and where it leads."""
    return FeedAnswer(BATCH, json.dumps(events).encode(), tag, links)


def atom(
    events: Sequence[Mapping[str, Any]], tag: str | None = None, before: str | None = None
) -> FeedAnswer:
    """Give a document of Atom, the newest entry first, and the archive before it."""
    feed = Element("feed", {"xmlns": ATOM})
    if before is not None:
        SubElement(feed, "link", {"rel": "prev-archive", "href": before})
    for event in reversed(events):
        entry = SubElement(feed, "entry")
        SubElement(entry, "updated").text = "2026-11-23T12:00:00Z"
        content = SubElement(entry, "content", {"type": "application/cloudevents+json"})
        content.text = b64encode(json.dumps(event).encode()).decode()
    return FeedAnswer("application/atom+xml", tostring(feed), tag)


@dataclass
class Follower:
    """What follows the feed, and what is behind it."""

    allowed: str = "* | *"
    world: World = field(default_factory=World)
    others: MemoryOthersFeeds = field(default_factory=MemoryOthersFeeds)
    progress: MemoryProgress = field(default_factory=MemoryProgress)
    moment: datetime = datetime(2026, 11, 23, 12, tzinfo=UTC)
    unfollowed: dict[str, float] = field(default_factory=dict)

    @property
    def polling(self) -> Polling:
        """The polling of a host, which has just started."""
        feeds = read_polled_feeds({"POLLED_FEEDS": f"carrier = {FEED} | {self.allowed}"})
        take = self.world.webhooks.take
        return Polling(feeds, self.others, take, self.progress, lambda: self.moment, self._record)

    def _record(self, metric: str, value: float, *, feed: str) -> None:
        assert metric == UNFOLLOWED
        self.unfollowed[feed] = value

    def answers(self, answer: FeedAnswer | Exception, url: str = FEED) -> None:
        """Have the feed answer so from now on."""
        self.others.documents[url] = answer

    async def run(self) -> list[str]:
        """Run once; gives what was asked for."""
        self.others.asked.clear()
        await self.polling.run()
        return list(self.others.asked)

    def wait(self, minutes: float) -> None:
        """Let time pass."""
        self.moment += timedelta(minutes=minutes)

    @property
    def place(self) -> Place:
        """The place that is kept."""
        return Place.model_validate_json(self.progress.positions["poll:carrier"])

    @property
    def orders(self) -> list[str]:
        """The orders to which something was done, in order, as often as it was."""
        return [stream for stream, _ in self.world.effects()]


def orders(*numbers: int) -> list[str]:
    """Name orders."""
    return [f"order-O{number}" for number in numbers]
