"""Deployments of an item on a store that counts what is loaded and kept."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from shared.adapters.cosmos.codec import LIMITS
from shared.adapters.memory import MemoryEventStore
from shared.domain.shop.item import item
from shared.domain.shop.item.commands import ReceiveStock, RegisterItem
from shared.kernel.commands.application_service import ApplicationService
from shared.kernel.commands.category import Category
from shared.kernel.commands.loading import Loaded, fold, initial, load
from shared.kernel.errors import StoreUnavailable
from shared.kernel.messages.commit import Commit, KeptState
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import Found, StoreLimits
from tests.kernel.asking import at_noon, no_pause, whole
from tests.kernel.worlds import TEAPOT, request


class Watched(MemoryEventStore):
    """Counts the commits that each query gives."""

    def __init__(self, limits: StoreLimits = LIMITS) -> None:
        super().__init__(limits=limits)
        self.keeps: list[int] = []
        self.kept_states: dict[int, KeptState] = {}
        self.fails = False
        self.pages: list[int] = []

    async def tail(self, stream: StreamName, limit: int, through: int | None = None) -> Found:
        found = await super().tail(stream, limit, through)
        self.pages.append(len(found.commits))
        return found

    async def keep(self, state: KeptState) -> None:
        self.keeps.append(state.version)
        if self.fails:
            raise StoreUnavailable("no answer")
        self.kept_states[state.version] = state
        await super().keep(state)

    def put_back(self, state: KeptState | None) -> None:
        """Put another state in place of the last one."""
        self._kept = {} if state is None else {state.stream: state}


@dataclass
class Host:
    """A deployment of the item, which may write its snapshots in a schema of its own."""

    store: Watched
    category: Category = item
    number: int = 0
    service: ApplicationService = field(init=False)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        self.service = ApplicationService(self.category, self.store, at_noon, no_pause)

    async def receive(self, times: int = 1) -> None:
        for _ in range(times):
            self.number += 1
            name = f"{self.category.snapshots.schema}-{self.number}"
            await self.service.handle(request(ReceiveStock(quantity=1), name))
            # What is kept behind a commit has its turn.
            await asyncio.sleep(0)


async def stream(length: int, store: Watched | None = None) -> Host:
    host = Host(store or Watched())
    await host.service.handle(request(RegisterItem(name="Teapot", reorder_point=2), "register"))
    await host.receive(length - 1)
    host.store.pages.clear()
    return host


def snapshots(commits: list[Commit]) -> list[int]:
    return [commit.version for commit in commits if commit.snapshot is not None]


async def loaded_by(
    category: Category, store: MemoryEventStore, through: int | None = None
) -> Loaded:
    start, commits, _ = await load(category, store, TEAPOT, through)
    return fold(category, start, commits)


async def state_of_everything(store: MemoryEventStore) -> Any:
    return fold(item, initial(item), await whole(store, TEAPOT)).state
