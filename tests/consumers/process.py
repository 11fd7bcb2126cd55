"""The order process on memory twins: what is written is reacted to, until nothing more comes of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

from consumers.reaction_handlers import event_processor
from consumers.reactions import Reactions
from shared.adapters.memory import MemoryEventStore, MemoryParking
from shared.domain.shop import domain
from shared.domain.shop.item import item
from shared.domain.shop.item.commands import ReceiveStock, RegisterItem
from shared.domain.shop.item.state import Item
from shared.domain.shop.order.commands import OrderLine, PlaceOrder
from shared.domain.shop.order.state import Order
from shared.kernel.commands.dispatcher import dispatcher
from shared.kernel.commands.loading import fold, load
from shared.kernel.commands.outcome import Outcome
from shared.kernel.domain import Domain
from shared.kernel.messages.envelope import encode_all
from shared.kernel.messages.message import Command
from shared.kernel.messages.stream import StreamName
from tests.consumers.worlds import now
from tests.kernel.asking import no_pause
from tests.kernel.worlds import request


@dataclass
class Process:
    """Stores, reactions, and how far the log has been reacted to."""

    domain: Domain = domain
    store: MemoryEventStore = field(default_factory=MemoryEventStore)
    parking: MemoryParking = field(default_factory=MemoryParking)
    position: int = 0
    ids: "count[int]" = field(default_factory=count)
    now: Callable[[], datetime] = now

    def __post_init__(self) -> None:
        self.dispatcher = dispatcher(self.domain, self.store, self.now, no_pause)
        processor = event_processor(self.domain, self.dispatcher, no_pause)
        self.reactions = Reactions(self.domain, processor, self.store, self.parking, now)

    async def tell(self, stream: str, command: Command, id_: str | None = None) -> Outcome:
        """Send a command as a client does."""
        key = id_ or f"client-{next(self.ids)}"
        return await self.dispatcher.dispatch(request(command, key, StreamName.parse(stream)))

    async def stock(self, sku: str, quantity: int, reorder_point: int = 0) -> None:
        """Register an item, and receive so much of it."""
        await self.tell(f"item-{sku}", RegisterItem(name=sku, reorder_point=reorder_point))
        await self.tell(f"item-{sku}", ReceiveStock(quantity=quantity))

    async def place(self, order: str, **lines: int) -> None:
        """Place an order of these SKUs."""
        ordered = tuple(OrderLine(sku=sku, quantity=n) for sku, n in lines.items())
        await self.tell(f"order-{order}", PlaceOrder(customer_id="C1", lines=ordered))

    def arrived(self) -> list[bytes]:
        """Give what was written since the last time, as the log has it."""
        new = self.store.written[self.position :]
        self.position += len(new)
        return [body for commit in new for body in encode_all(commit)]

    async def settle(self, times: int = 1) -> None:
        """React until nothing more comes of it; every batch is delivered so many times."""
        while batch := self.arrived():
            for _ in range(times):
                await self.reactions.react(batch)

    async def order(self, id_: str) -> Order:
        """Load an order."""
        state = await self._state("order", id_)
        assert isinstance(state, Order)
        return state

    async def item(self, sku: str) -> Item:
        """Load an item."""
        state = await self._state(item.name, sku)
        assert isinstance(state, Item)
        return state

    async def _state(self, category: str, id_: str) -> object:
        known = self.domain.category(category)
        start, commits, _ = await load(known, self.store, StreamName(category, id_))
        loaded = fold(known, start, commits)
        return loaded.state

    def types(self, stream: str) -> list[str]:
        """Name what happened to a stream."""
        return [e.type for c in self.store.written if c.stream == stream for e in c.events]
