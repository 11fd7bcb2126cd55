"""The end of a link on which a client sends events: stored first, acknowledged then."""

import asyncio

from emulators.event_hubs.arrivals import Arrival, Assembly
from emulators.event_hubs.claims import Path
from emulators.event_hubs.failing import ENDS_LINK, fail_after, fail_before, is_duplicate, is_lost
from emulators.event_hubs.frames import Frame
from emulators.event_hubs.log import Partition
from emulators.event_hubs.messages import BATCH_FORMAT, Event, read_batch, read_event
from emulators.event_hubs.namespace import Hub, Namespace
from emulators.event_hubs.refusals import RefusedError
from emulators.event_hubs.session import Session
from emulators.event_hubs.values import Value

CREDIT = 300  # guessed


class Ingest:
    """Takes one message after the other; `partition` is None where the link leads to the whole hub."""

    def __init__(
        self,
        session: Session,
        handle: int,
        namespace: Namespace,
        hub: Hub,
        partition: Partition | None,
        *,
        path: Path,
    ) -> None:
        self.path = path
        self._session = session
        self._handle = handle
        self._namespace = namespace
        self._hub = hub
        self._partition = partition
        self._assembly = Assembly()
        self._waiting: asyncio.Queue[Arrival] = asyncio.Queue()
        self._count = 0
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._session.grant(self._handle, 0, CREDIT)
        self._task = self._session.wire.tasks.create_task(self._serve())

    def on_flow(self, fields: dict[str, Value]) -> None:
        # azure-eventhub says flow on its sending links too; only a question needs an answer.
        if fields["echo"]:
            self._session.grant(self._handle, self._count, CREDIT)

    def on_transfer(self, frame: Frame) -> None:
        arrival = self._assembly.add(frame)
        if arrival is not None:
            self._waiting.put_nowait(arrival)

    def close(self) -> None:
        if self._task is not None:
            self._task.cancel()

    async def _serve(self) -> None:
        while self._session.links.get(self._handle) is self:
            arrival = await self._waiting.get()
            self._count += 1
            if self._count % (CREDIT // 2) == 0:
                self._session.grant(self._handle, self._count, CREDIT)
            await self._take(arrival)

    async def _take(self, arrival: Arrival) -> None:
        refusal = None
        wire = self._session.wire
        try:
            rule = fail_before(self._namespace.faults, "send", self._hub.name, wire)
            if not is_lost(rule):
                await self._store(arrival)
            if is_duplicate(rule):
                await self._store(arrival)
            await fail_after(rule, wire)
        except RefusedError as refused:
            refusal = refused
        if refusal is not None and refusal.condition in ENDS_LINK:
            self._session.detach(self._handle, refusal)
        elif not arrival.settled:
            self._session.settle(arrival.id, refusal)

    async def _store(self, arrival: Arrival) -> None:
        key, events = _read(arrival)
        partition = self._partition or self._hub.choose(key)
        await self._namespace.log.append(partition, events)


def _read(arrival: Arrival) -> tuple[str | None, list[Event]]:
    if arrival.format == BATCH_FORMAT:
        return read_batch(arrival.message())
    event = read_event(arrival.message())
    return event.key, [event]
