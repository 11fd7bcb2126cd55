"""Rows that tell when they are asked in vain, and a projection that comes when a test says so."""

import asyncio

from command_api.composition import Application
from emulators.tests.waiting import in_time
from shared.adapters.memory import MemoryEventStore, MemoryRows
from shared.kernel.messages.envelope import encode, envelopes
from shared.kernel.ports import ROWS, StoredRow
from shared.kernel.views.view import Row, RowKey
from tests.command_api.calls import rows_of
from tests.consumers.worlds import World

REGISTER = ("register-item", {"name": "Teapot", "reorderPoint": 2})


async def project_everything(application: Application) -> None:
    store = application.store
    assert isinstance(store, MemoryEventStore)
    bodies = [encode(e) for commit in store.commits() for e in envelopes(commit)]
    await World(rows_of(application), store).project(bodies)


class Watched(MemoryRows):
    """Rows that tell when one of them was asked for again, and so in vain before."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = set[tuple[str, str]]()
        self.asked_again = asyncio.Event()
        self.largest = 0

    async def read(self, at: RowKey) -> StoredRow | None:
        self._note(at.view, at.key)
        return await super().read(at)

    async def of_key(self, view: str, key: str, after: str = "", limit: int = ROWS) -> list[Row]:
        self._note(view, key)
        found = await super().of_key(view, key, after, limit)
        self.largest = max(self.largest, len(found))
        return found

    async def shows(self, view: str, key: str, version: int) -> bool:
        self._note(view, key)
        return await super().shows(view, key, version)

    def _note(self, view: str, key: str) -> None:
        if (view, key) in self.asked:
            self.asked_again.set()
        self.asked.add((view, key))


async def asked_again(application: Application) -> None:
    assert isinstance(application.rows, Watched)
    async with in_time():
        await application.rows.asked_again.wait()
