"""The end of a link on which a client receives events: what is stored, then what comes, as it comes."""

import asyncio

from emulators.event_hubs.addresses import Address
from emulators.event_hubs.failing import fail_after, fail_before, is_duplicate
from emulators.event_hubs.frames import Frame
from emulators.event_hubs.log import Partition, Stored, now
from emulators.event_hubs.messages import annotate, delivery_annotations, split_header
from emulators.event_hubs.namespace import Namespace
from emulators.event_hubs.positions import Start, offset_of
from emulators.event_hubs.readers import Place, Reader, displaced
from emulators.event_hubs.refusals import DECODE_ERROR, RefusedError
from emulators.event_hubs.session import Session
from emulators.event_hubs.values import Long, Timestamp, Value

EVENTS_AT_ONCE = 500
BYTES_AT_ONCE = 1_048_576


class Delivery:
    """Reads one partition for one consumer group, as far as the client's credit goes."""

    def __init__(
        self,
        session: Session,
        handle: int,
        namespace: Namespace,
        address: Address,
        start: Start,
        *,
        epoch: int | None,
        metrics: bool,
        name: str,
        settled: bool,
    ) -> None:
        self.epoch = epoch
        self.name = name
        self.path = address.path
        self._settled = settled
        self._drain = False
        self._session = session
        self._handle = handle
        self._namespace = namespace
        self._partition: Partition = namespace.source(address)
        self._place: Place = (self._partition.id, address.group or "")
        self._metrics = metrics
        self._next = namespace.log.locate(self._partition, start)
        self._sent = 0
        self._limit = 0
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        namespace.readers.admit(self._place, self)

    def start(self) -> None:
        self._partition.watchers.add(self._news)
        self._task = self._session.wire.tasks.create_task(self._serve())

    def on_flow(self, fields: dict[str, Value]) -> None:
        self._limit = (fields["delivery_count"] or 0) + (fields["link_credit"] or 0)
        self._drain = bool(fields["drain"])
        self._news.set()

    def on_transfer(self, frame: Frame) -> None:
        raise RefusedError(DECODE_ERROR, f"No message can come on handle {frame.fields['handle']}.")

    def steal(self, by: Reader) -> None:
        """Make room for a reader with a higher epoch."""
        self._session.detach(self._handle, displaced(self, by))

    def close(self) -> None:
        self._namespace.readers.leave(self._place, self)
        self._partition.watchers.discard(self._news)
        if self._task is not None:
            self._task.cancel()

    async def _serve(self) -> None:
        while self._session.links.get(self._handle) is self:
            self._news.clear()
            count = min(self._limit - self._sent, EVENTS_AT_ONCE)
            found = (
                self._namespace.log.read(self._partition, self._next, count, BYTES_AT_ONCE)
                if count > 0
                else []
            )
            if found:
                await self._deliver(found)
                continue
            if self._drain:
                self._drain, self._sent = False, max(self._sent, self._limit)
                self._session.drained(self._handle, self._sent)
            await self._news.wait()

    async def _deliver(self, found: list[Stored]) -> None:
        wire = self._session.wire
        try:
            rule = fail_before(self._namespace.faults, "receive", self._partition.hub, wire)
        except RefusedError as refused:
            self._session.detach(self._handle, refused)
            return
        if rule is not None and rule.fault == "delay":
            await asyncio.sleep(rule.seconds)
        for _ in range(2 if is_duplicate(rule) else 1):
            await self._send(found)
        if rule is not None and rule.fault != "delay":
            await fail_after(rule, wire)

    async def _send(self, found: list[Stored]) -> None:
        before = self._describe_end() if self._metrics else b""
        messages = []
        for sequence, enqueued, event in found:
            header, rest = split_header(event)
            annotated = annotate(rest, sequence, offset_of(sequence), enqueued)
            messages.append(header + before + annotated)
        self._next = found[-1].sequence + 1
        self._sent += len(found)
        await self._session.transfer(self._handle, messages, settled=self._settled)

    def _describe_end(self) -> bytes:
        extent = self._namespace.log.extent(self._partition)
        return delivery_annotations(
            {
                "last_enqueued_sequence_number": Long(extent.next - 1),
                "last_enqueued_offset": offset_of(extent.next - 1),
                "last_enqueued_time_utc": Timestamp(extent.enqueued),
                "runtime_info_retrieval_time_utc": Timestamp(now()),
            }
        )
