"""A desk: a world with a history of which every row was there, and an operator who rebuilds its view."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from operator import attrgetter
from typing import Any

import azure.functions as func

from consumers.rebuild import Rebuild
from consumers.rebuild_endpoint import answer_rebuild
from shared.adapters.http.answering import answered
from shared.adapters.memory import MemoryEventStore, MemoryFeed, MemoryProgress, MemoryRows
from shared.domain.shop.views.stock import StockLevel, stock
from shared.kernel.delivery.sweep_note import NAME, Again, SweepNote
from shared.kernel.errors import StoreUnavailable
from shared.kernel.messages.commit import Commit
from shared.kernel.messages.envelope import encode, envelopes
from shared.kernel.messages.message import Event
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import FeedPage, Found
from shared.kernel.views.generation import GENERATIONS, GenerationRows
from shared.kernel.views.view import View
from tests.consumers.worlds import World
from tests.kernel.worlds import commit, received

ITEMS = [StreamName("item", f"SKU{number}") for number in range(5)]
GRACE = timedelta(minutes=10)


def doubled(level: StockLevel, event: Event) -> StockLevel:
    """Fold as the next version of the view does."""
    folded = stock.evolve(level, event)
    return folded.model_copy(update={"available": 2 * folded.received})


NEXT = replace(stock, evolve=doubled)


class Reads(MemoryEventStore):
    """A store that notes whose streams were read."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds = 0.0
        self.clock = lambda: self.seconds
        self.reads: list[str] = []

    async def read(self, stream: StreamName, after: int = 0, *, limit: int) -> Found:
        self.reads.append(str(stream))
        return await super().read(stream, after, limit=limit)


class Feed(MemoryFeed):
    """A feed that gives two commits a page, after a range that is empty, and may end too early."""

    def __init__(self, store: MemoryEventStore, pages: int) -> None:
        super().__init__(store, page=2, ranges=["-00", "00-FF"])
        self.pages = pages

    async def read(self, range_: str, position: str | None, limit: int | None = None) -> FeedPage:
        if range_ == "-00":
            return FeedPage([], position, [])
        self.pages -= 1
        if self.pages < 0:
            raise StoreUnavailable("no answer")
        return await super().read(range_, position, limit)


class Desk:
    """A world and its operator."""

    def __init__(self, rows: MemoryRows | None = None, store: Reads | None = None) -> None:
        self.rows, self.store = rows or MemoryRows(), store or Reads()
        self.world = World(self.rows, self.store)
        self.world.views = (stock,)
        self.progress = MemoryProgress()

    def rebuild(self, pages: int = 1_000) -> Rebuild:
        """Give the rebuild of one host, whose feed has so many pages before it fails."""
        feed = Feed(self.store, pages)
        return Rebuild(self.world.projections, feed, self.progress, GRACE)

    @property
    def seconds(self) -> float:
        """The clock of the store."""
        return self.store.seconds

    @seconds.setter
    def seconds(self, seconds: float) -> None:
        self.store.seconds = seconds

    @property
    def view(self) -> View[Any]:
        return self.world.views[0]

    async def write(self, *commits: Commit) -> None:
        """Store commits, and let the log bring them."""
        for one in commits:
            await self.store.append([one])
        await self.world.project([encode(e) for one in commits for e in envelopes(one)])

    async def begin(self) -> None:
        await self.rebuild().begin(self.view)

    async def run(self, seconds: float = 60) -> None:
        await self.rebuild().run(seconds)

    async def wait(self) -> None:
        """Let the sweep go past, and the time that old rows are given, and go on."""
        self.seconds += GRACE.total_seconds()
        await self.sweep()
        await self.run()

    async def sweep(self, *, sent: str = "") -> None:
        """Let the sweep prove all that is stored; it may have just sent a stream again."""
        again = {str(ITEMS[0]): Again(version=1, sent=sent)} if sent else {}
        note = SweepNote(places={"-00": "0", "00-FF": str(len(self.store.written))}, again=again)
        await self.progress.write(NAME, note.model_dump_json())

    async def phase(self) -> str:
        return (await self.rebuild().generations(self.view)).phase

    async def shown(self) -> dict[str, tuple[int, int]]:
        """Give the version and the stock of each key, as a reader sees them."""
        rows = GenerationRows(self.rows, attrgetter("serving"), self.world.later.total_seconds)
        found = [row for item in ITEMS for row in await rows.of_key("stock", item.id)]
        return {row.at.key: (row.version, row.data["available"]) for row in found}

    def versions(self) -> Mapping[str, Mapping[str, int]]:
        """Give the version of each row, generation by generation."""
        found: dict[str, dict[str, int]] = {}
        for row in self.rows.all():
            if row.at != GENERATIONS:
                found.setdefault(row.at.view, {})[row.at.key] = row.version
        return found

    @property
    def sent(self) -> int:
        return sum(map(len, self.world.log.messages))


async def opened(desk: Desk | None = None, length: int = 3) -> Desk:
    """Give a desk in front of five items, each of which has received something thrice."""
    desk = desk or Desk()
    for version in range(1, length + 1):
        await desk.write(*(commit(version, received(1), stream=stream) for stream in ITEMS))
    desk.store.reads.clear()
    return desk


def everywhere(version: int, available: int) -> dict[str, tuple[int, int]]:
    return {item.id: (version, available) for item in ITEMS}


async def ask(
    desk: Desk, method: str, view: str = "stock", body: bytes = b""
) -> tuple[int, dict[str, Any]]:
    rebuild = desk.rebuild()
    req = func.HttpRequest(method, "/api/operations", route_params={"view": view}, body=body)
    response = await answered(answer_rebuild(req, rebuild))
    return response.status_code, json.loads(response.get_body())
