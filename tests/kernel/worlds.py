"""Small worlds for the tests of the kernel: a store that others write to at the worst moment."""

import asyncio
from collections.abc import Sequence

from shared.adapters.memory import MemoryEventStore
from shared.domain.shop.item import item
from shared.domain.shop.item.commands import ReceiveStock, RegisterItem, ReserveStock
from shared.kernel.commands.application_service import ApplicationService
from shared.kernel.commands.outcome import Outcome
from shared.kernel.commands.request import CommandRequest
from shared.kernel.errors import OutcomeUnknown
from shared.kernel.messages.commit import Commit, Metadata, RecordedEvent
from shared.kernel.messages.message import Command
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import Appended, Collided, EventStore, Found
from tests.kernel.asking import NOON, asked, at_noon, no_pause

TEAPOT = StreamName("item", "teapot")


def request(command: Command, command_id: str, stream: StreamName = TEAPOT) -> CommandRequest:
    """Ask for a command as a client does."""
    return asked(command, command_id, stream)


def commit(
    version: int, *events: RecordedEvent, command_id: str = "", stream: StreamName = TEAPOT
) -> Commit:
    """Make a commit that ends at a version."""
    command_id = command_id or f"command-{version}"
    return Commit(
        stream=str(stream),
        version=version,
        command_id=command_id,
        command_digest="0" * 64,
        events=events or (received(1),),
        metadata=Metadata(correlation_id=command_id, causation_id=command_id),
        time=NOON,
    )


def received(quantity: int) -> RecordedEvent:
    """Record a StockReceived."""
    return RecordedEvent(type="StockReceived", schema_number=1, data={"quantity": quantity})


def service(store: EventStore, attempts: int = 10) -> ApplicationService:
    """Handle commands of items on a store."""
    return ApplicationService(item, store, at_noon, no_pause, attempts)


class Interrupted(MemoryEventStore):
    """A store in which something happens just before, or just after, the next appends."""

    def __init__(self) -> None:
        super().__init__()
        self.before: list[Sequence[Commit]] = []
        self.lose_answers = 0
        self.lose_writes = 0
        self.hold: asyncio.Event | None = None
        self.held = asyncio.Event()
        self.requests: list[str] = []
        self._on_the_way: list[Sequence[Commit]] = []

    async def tail(self, stream: StreamName, limit: int, through: int | None = None) -> Found:
        self.requests.append("tail")
        return await super().tail(stream, limit, through)

    async def find(self, stream: StreamName, after: int, command_ids: Sequence[str]) -> Found:
        self.requests.append("find")
        return await super().find(stream, after, command_ids)

    async def append(self, commits: Sequence[Commit]) -> Appended | Collided:
        self.requests.append("append")
        if self.hold is not None and not self.hold.is_set():
            self.held.set()
            await self.hold.wait()
            self.requests.clear()
            return await super().append(commits)
        if self.before and (rival := self.before.pop(0)):
            await super().append(rival)
        if self.lose_writes:
            self.lose_writes -= 1
            self._on_the_way.append(commits)
            raise OutcomeUnknown("lost before the write")
        result = await super().append(commits)
        if self.lose_answers:
            self.lose_answers -= 1
            raise OutcomeUnknown("lost after the write")
        return result

    async def land(self) -> None:
        """Let the writes that were lost arrive after all."""
        for commits in self._on_the_way:
            await super().append(commits)


async def stocked(quantity: int = 10) -> tuple[Interrupted, ApplicationService]:
    """Give a store with a stocked teapot that never runs low, and a service that has it warm."""
    store = Interrupted()
    handling = service(store)
    await handling.handle(request(RegisterItem(name="Teapot", reorder_point=0), "register"))
    await handling.handle(request(ReceiveStock(quantity=quantity), "receive"))
    store.requests.clear()
    return store, handling


def reserve(number: int | str, quantity: int = 1) -> CommandRequest:
    return request(
        ReserveStock(reservation_id=f"r{number}", quantity=quantity), f"reserve-{number}"
    )


async def together(
    store: Interrupted, handling: ApplicationService, requests: Sequence[CommandRequest]
) -> list[Outcome | BaseException]:
    """Let requests wait behind a first write, so that they are handled as one batch."""
    first = request(ReceiveStock(quantity=1), "first")
    return await together_with(store, handling, first, requests)


async def together_with(
    store: Interrupted,
    handling: ApplicationService,
    first: CommandRequest,
    requests: Sequence[CommandRequest],
) -> list[Outcome | BaseException]:
    """Let requests wait behind the write of a first one."""
    store.hold = asyncio.Event()
    writing = asyncio.create_task(handling.handle(first))
    await store.held.wait()
    waiting = [asyncio.create_task(handling.handle(one)) for one in requests]
    await asyncio.sleep(0)
    store.requests.clear()
    store.hold.set()
    await writing
    return await asyncio.gather(*waiting, return_exceptions=True)
