"""Feeds in a flow: what a reader of ours sees, and what comes of those of others when they are polled."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from pydantic_core import to_json

from command_api.feeds.reading import FeedReader
from consumers.polling.polling import Polling
from consumers.webhooks.inbound_commands import Webhooks
from shared.adapters.memory import MemoryOthersFeeds, MemoryProgress, MemoryReceipts
from shared.adapters.polled_feeds import read_polled_feeds
from shared.kernel.domain import Domain
from shared.kernel.feeds.cursor import FeedCursor
from shared.kernel.messages.inbound_event import InboundEvent
from shared.kernel.ports import FeedAnswer
from tests.consumers.worlds import now
from tests.kernel.asking import no_pause
from tests.specs.seen import Events, different, told
from tests.specs.spec import Flow
from tests.specs.whole_flow import LOST_ANSWER, World

OTHERS = "https://others.example/feed"
FORM = "application/cloudevents-batch+json"


async def poll(world: World, events: Sequence[InboundEvent]) -> None:
    """Poll a feed that shows events, and poll it again from its beginning, as who has lost the place does."""
    shown = [{"specversion": "1.0", **_attributes(event)} for event in events]
    others, receipts = MemoryOthersFeeds(), MemoryReceipts()
    others.documents[OTHERS] = FeedAnswer(FORM, to_json(shown), links={"next": OTHERS})
    feeds = read_polled_feeds({"POLLED_FEEDS": f"others = {OTHERS} | * | *"})
    webhooks = Webhooks(
        *(world.domain, world.dispatcher, world.parking, receipts, now, no_pause),
    )
    world.store.lose = world.fault == LOST_ANSWER
    for _ in range(2):
        polling = Polling(feeds, others, webhooks.take, MemoryProgress(), now, _unmeasured)
        await polling.run()


async def read(world: World) -> dict[str, Events]:
    """Give what a reader sees who follows the cursors of each feed from its beginning."""
    found: dict[str, Events] = {}
    for feed in world.domain.feeds:
        reader, seen = FeedReader(feed, world.pages), list[dict[str, object]]()
        cursor, more = FeedCursor.begin(feed.name, feed.generation, feed.partitions), True
        while more:
            batch, _ = await reader.after(cursor, 0)
            seen, cursor, more = [*seen, *map(dict, batch.events)], batch.cursor, bool(batch.events)
        found[feed.name] = told(world.domain, seen)
    return found


def read_otherwise(
    flow: Flow, before: Mapping[str, Events], after: Mapping[str, Events]
) -> list[str]:
    """Say what a reader of a feed has seen since, otherwise than a flow says."""
    known = sorted(after) or ["none"]
    found = [
        f"`feed` of '{name}': the business has no such feed; it has {', '.join(known)}"
        for name in flow.feed
        if name not in after
    ]
    for name in flow.feed.keys() & after.keys():
        where = f"`feed` of '{name}', {{}}"
        found += different(flow.feed[name], before[name], after[name], where)
    return found


def unheard(flow: Flow, domain: Domain) -> list[str]:
    """Say which events are polled that no receptor takes: nothing could come of them."""
    types = sorted({one.event_type for one in domain.inbound})
    return [
        f"`polled`: no inbound receptor takes {event.type}; there are {', '.join(types) or 'none'}"
        for event in flow.polled
        if event.type not in types
    ]


def _unmeasured(_metric: object, _value: float, **_about: object) -> None:
    """Leave it to the telemetry how long a feed has failed."""


def _attributes(event: InboundEvent) -> dict[str, object]:
    return {name: value for name, value in asdict(event).items() if value is not None}
