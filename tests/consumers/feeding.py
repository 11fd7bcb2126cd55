"""The pages of feeds before the same trouble of a walk as every other consumer; and the chains of a town."""

from collections.abc import Mapping, Sequence
from typing import Any

from consumers.chain_writing import Chains
from consumers.feeds import Feeds
from shared.adapters.memory import MemoryFeedPages
from shared.kernel.delivery.operator_decisions import Replay
from shared.kernel.delivery.retry import Attempts
from shared.kernel.domain import Domain
from shared.kernel.feeds.public_feed import PublicFeed
from shared.kernel.messages.stream import StreamName
from shared.kernel.reactions.enricher import Enricher
from tests.consumers.subjects import FOUND, TroubledRows
from tests.consumers.town import Town
from tests.consumers.walks import BAD, WALKS, Followed, Stepped, Told, walk
from tests.consumers.worlds import now
from tests.kernel.asking import no_pause


class ToPages(Followed):
    """Feeds, and their pages."""

    consumer = "feeds"

    def __init__(self) -> None:
        super().__init__()
        self.pages = MemoryFeedPages()

    def _enrich(self, _stream: StreamName, event: Stepped, _found: object) -> Told:
        self.trouble.meet(event.walk, event.number)
        return Told(link="", number=event.number)

    @property
    def feeds(self) -> Feeds:
        enricher = Enricher[Any, Any, Any]("told", walk, Stepped, Told, self._enrich, FOUND)
        feed = PublicFeed("walks", "Walks", (Told,))
        domain = Domain((walk,), (WALKS,), enrichers=(enricher,), feeds=(feed,))
        rows = TroubledRows(self.trouble)
        return Feeds(*(domain, rows, Chains(self.pages), self.store, self.parking, now, no_pause))

    @property
    def replay(self) -> Replay:
        return self.feeds.replay

    async def handle(self, bodies: Sequence[bytes], attempts: Attempts) -> None:
        await self.feeds.feed(bodies, attempts)

    def forget(self) -> None:
        self.pages = MemoryFeedPages()

    def effects(self, stream: StreamName = BAD) -> set[int]:
        return {event["data"]["number"] for event in in_chains(self.pages, str(stream))}

    def order(self) -> list[int]:
        return [event["data"]["number"] for event in in_chains(self.pages, str(BAD))]


def in_chains(pages: MemoryFeedPages, stream: str) -> list[Mapping[str, Any]]:
    """Give the events of a stream in the order in which they are in the chains."""
    return [event for event in everything(pages) if event["subject"] == stream]


def everything(pages: MemoryFeedPages) -> list[Mapping[str, Any]]:
    """Give all events of all chains, page by page."""
    return [event for _, stored in sorted(pages.pages.items()) for event in stored.page.events]


def feeds_of(town: Town, pages: MemoryFeedPages) -> Feeds:
    """Give the feeds of a town as a new host runs them."""
    chains, store = Chains(pages), town.process.store
    return Feeds(town.domain, town.rows, chains, store, town.parking, now, no_pause)
