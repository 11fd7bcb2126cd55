"""Readers of the feed of a world: one by its cursors, while it is written; one from page to page, in the end."""

import asyncio
import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from shared.kernel.errors import OnewriteError
from shared.kernel.feeds.cursor import FeedCursor
from shared.kernel.ports import FeedAnswer
from tests.simulation.following import Following, misread
from tests.simulation.hosts import Host
from tests.simulation.serving import FEEDS, HOST, Server
from tests.simulation.virtual_time import sleep

FEED = f"{HOST}{FEEDS}shop"
PATIENCE = 1.0


@dataclass
class Reader:
    """Asks any host for what is behind its cursor, and notes what it has read of a generation."""

    following: Following
    hosts: Sequence[Host]
    dice: random.Random
    url: str = FEED
    generation: int = 0

    async def work(self) -> None:
        """Read for ever."""
        while True:
            await sleep(self.dice.uniform(0.05, 0.6))
            answer = await self._ask()
            if answer is not None:
                self._take(answer)

    async def _ask(self) -> FeedAnswer | None:
        process = self.dice.choice(self.hosts).process
        if not process.calls.alive:
            return None
        asking = process.spawn(process.follower.read.ask(self.url))
        await asyncio.wait({asking}, timeout=PATIENCE)
        if not asking.done():
            asking.cancel()
            return None
        error = None if asking.cancelled() else asking.exception()
        if error is not None and not isinstance(error, OnewriteError):
            raise error
        return None if asking.cancelled() or error else asking.result()

    def _take(self, answer: FeedAnswer) -> None:
        if self.url == FEED:
            self.url = answer.links["first"]
            return
        self.url = answer.links["next"]
        cursor = FeedCursor.parse(dict(parse_qsl(urlsplit(self.url).query))["cursor"])
        if cursor.generation != self.generation:
            # It was made anew, and read from its beginning.
            self.generation = cursor.generation
            self.following.read.clear()
        self.following.read += json.loads(answer.body)


async def walked(server: Server, following: Following) -> list[str]:
    """Walk each chain back to its first page and on to its head; name what was not seen once, and in order."""
    (feed,) = following.followed.domain.feeds
    read: list[Mapping[str, Any]] = []
    for partition in range(feed.partitions):
        page = await _page(server, f"{FEED}/{partition}")
        while "prev-archive" in page.links:
            page = await _page(server, page.links["prev-archive"])
        read += json.loads(page.body)
        while "next-archive" in page.links:
            page = await _page(server, page.links["next-archive"])
            read += json.loads(page.body)
    return misread(following, read, "who walks from page to page")


async def _page(server: Server, url: str) -> FeedAnswer:
    answer = await server.ask(url)
    assert answer is not None
    return answer
