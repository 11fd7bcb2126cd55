"""The library eventsourcing on its store in memory, with a snapshot every fifty events."""

from collections.abc import Sequence
from importlib.metadata import version
from typing import ClassVar
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

from tests.bench.peers.driver import serve


class Item(Aggregate):
    """An item that is registered, and receives goods."""

    @event("Registered")
    def __init__(self, name: str, reorder_point: int) -> None:
        self.name = name
        self.reorder_point = reorder_point
        self.available = 0

    @event("StockReceived")
    def receive_stock(self, quantity: int) -> None:
        self.available += quantity


class Inventory(Application[UUID]):
    """Loads an item, has it receive goods, saves it."""

    is_snapshotting_enabled = True
    snapshotting_intervals: ClassVar = {Item: 50}

    def receive(self, item_id: UUID) -> None:
        item: Item = self.repository.get(item_id)
        item.receive_stock(1)
        self.save(item)


class Items:
    """An application with its cache of aggregates, and one without."""

    def __init__(self) -> None:
        cached = Inventory(env={"AGGREGATE_CACHE_MAXSIZE": "1000"})
        self._applications = {True: cached, False: Inventory()}
        self._ids: dict[tuple[bool, str], UUID] = {}

    def fill(self, stream: str, events: int) -> None:
        for warm, application in self._applications.items():
            item = Item("Teapot", 0)
            for number in range(1, events):
                if number % 50 == 0:
                    application.save(item)
                item.receive_stock(1)
            application.save(item)
            self._ids[warm, stream] = item.id

    def receive(self, streams: Sequence[str], *, warm: bool) -> None:
        for stream in streams:
            self._applications[warm].receive(self._ids[warm, stream])


if __name__ == "__main__":
    serve(version("eventsourcing"), Items())
