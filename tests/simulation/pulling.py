"""The pages of feeds as one host sees them, and whether others can pull all that happened, once and in order."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from shared.adapters.memory import MemoryFeedPages
from shared.kernel.delivery.partition import partition_of
from shared.kernel.feeds.page import Page
from shared.kernel.messages.notification import Notification
from shared.kernel.ports import FeedPages, StoredPage
from tests.simulation.calls import Calls, store_failed
from tests.simulation.cloud import PARTITIONS, Claim, Cloud
from tests.simulation.notices import untold

LARGEST = 1_500
"""Bytes of a page: a few events fill it."""


@dataclass
class SimFeedPages:
    """The pages."""

    calls: Calls
    inner: FeedPages

    @property
    def largest(self) -> int:
        return LARGEST

    async def last(self, chain: str) -> int:
        last = lambda: self.inner.last(chain)  # noqa: E731
        return await self.calls.call(f"last page of {chain}", last, store_failed(self.calls))

    async def read(
        self, chain: str, number: int, known: StoredPage | None = None
    ) -> StoredPage | None:
        read = lambda: self.inner.read(chain, number, known)  # noqa: E731
        return await self.calls.call(f"read page {chain}", read, store_failed(self.calls))

    async def write(self, page: Page, replacing: str | None) -> str | None:
        write = lambda: self.inner.write(page, replacing)  # noqa: E731
        return await self.calls.call(f"write page {page.chain}", write, store_failed(self.calls))

    async def reached(self, chain: str, streams: Collection[str]) -> Mapping[str, int]:
        reached = lambda: self.inner.reached(chain, streams)  # noqa: E731
        return await self.calls.call(f"reached in {chain}", reached, store_failed(self.calls))

    async def note(self, chain: str, reached: Mapping[str, int]) -> None:
        note = lambda: self.inner.note(chain, reached)  # noqa: E731
        await self.calls.call(f"note in {chain}", note, store_failed(self.calls))


class WatchedPages(MemoryFeedPages):
    """Pages that notice when one that is closed is written again."""

    def __init__(self) -> None:
        super().__init__()
        self.reopened: list[str] = []

    async def write(self, page: Page, replacing: str | None) -> str | None:
        before = self.pages.get((page.chain, page.number))
        written = await super().write(page, replacing)
        if written is not None and before is not None and before.page.closed:
            self.reopened.append(f"page {page.number} of {page.chain} was closed, and is written")
        return written


def open_feeds(cloud: Cloud, chains: int) -> None:
    """Let others pull what happens: the owners of two partitions of the log write a chain at once."""
    deployed = cloud.deployed
    cloud.pages = WatchedPages()
    declare(cloud, partitions=chains)
    # Whatever the version is, it has the feeds that are declared when it starts.
    cloud.deployed = lambda dice: replace(deployed(dice), feeds=cloud.domain.feeds)
    cloud.readers["feeds"] = [Claim() for _ in range(PARTITIONS)]


def declare(cloud: Cloud, **changes: Any) -> None:
    """Declare the feeds otherwise, for every process that starts from now on."""
    feeds = tuple(replace(one, **changes) for one in cloud.domain.feeds)
    cloud.domain = replace(cloud.domain, feeds=feeds)


def unpulled(cloud: Cloud) -> list[str]:
    """Name what cannot be pulled, what is in a chain twice or out of order, and what did not happen so."""
    feed = cloud.domain.feeds[0]
    wrong = list(cloud.pages.reopened) if isinstance(cloud.pages, WatchedPages) else []
    pulled: list[Notification] = []
    for partition in range(feed.partitions):
        chain = feed.chain(partition)
        events = list(_in_order(cloud.pages, chain))
        wrong += [
            f"{event['subject']}: it is in the chain of partition {partition}"
            for event in events
            if partition_of(event["subject"], feed.partitions) != partition
        ]
        wrong += _disordered(events)
        pulled += [_notification(event) for event in events]
    times = Counter(one.id for one in pulled)
    wrong += [
        f"{id_} is in its chain {number} times" for id_, number in times.items() if number > 1
    ]
    return wrong + [f"in the feed, {one}" for one in untold(cloud.store.commits(), pulled)]


def _in_order(pages: MemoryFeedPages, chain: str) -> Iterator[Mapping[str, Any]]:
    numbers = sorted(number for one, number in pages.pages if one == chain)
    for number in numbers:
        yield from pages.pages[chain, number].page.events


def _disordered(events: Collection[Mapping[str, Any]]) -> Iterator[str]:
    last: Counter[str] = Counter()
    for event in events:
        stream, version = event["subject"], event["sequence"]
        if version <= last[stream]:
            yield f"{stream}@{version} stands behind {last[stream]} in its chain"
        last[stream] = version


def _notification(event: Mapping[str, Any]) -> Notification:
    names = ("id", "source", "type", "subject", "time", "sequence", "correlationid", "data")
    return Notification(**{name: event[name] for name in names})
