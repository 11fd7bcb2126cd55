"""A session: its links by handle, its count of transfers, and the client's window for them."""

import asyncio
from typing import Protocol

from emulators.event_hubs.arrivals import MAX_MESSAGE_SIZE
from emulators.event_hubs.claims import Path
from emulators.event_hubs.frames import Frame, build, build_transfers
from emulators.event_hubs.performatives import Performative
from emulators.event_hubs.refusals import UNAUTHORIZED, RefusedError
from emulators.event_hubs.values import Described, UInt, ULong, UShort, Value
from emulators.event_hubs.wire import Wire

WINDOW = 2**31 - 1
HANDLE_MAX = 255
RECEIVER = True

_ACCEPTED = Described(ULong(0x24), [])
_REJECTED = ULong(0x25)


class Link(Protocol):
    """One end of a link, as its session sees it; `path` is what a token must open, if anything."""

    @property
    def path(self) -> Path | None: ...

    def start(self) -> None:
        """Begin; the client knows by now that it is attached."""

    def on_flow(self, fields: dict[str, Value]) -> None:
        """Note what the client has taken, and what more it would take."""

    def on_transfer(self, frame: Frame) -> None:
        """Take a frame of a message."""

    def close(self) -> None:
        """End; nobody listens any more."""


class Responder(Protocol):
    """A link that answers requests."""

    async def send(self, response: bytes) -> None:
        """Send an answer."""


class Session:
    """One channel of a connection."""

    def __init__(self, wire: Wire, channel: int, begin: dict[str, Value]) -> None:
        self.wire = wire
        self.channel = channel
        self.links: dict[int, Link] = {}
        self.nodes: dict[str, dict[str, Responder]] = {}
        self._transfers = 0
        self._deliveries = 0
        self._received = begin["next_outgoing_id"]
        self._window = begin["incoming_window"]
        self._moved = asyncio.Event()
        self._send(
            Performative.BEGIN,
            remote_channel=UShort(channel),
            next_outgoing_id=UInt(0),
            incoming_window=UInt(WINDOW),
            outgoing_window=UInt(WINDOW),
            handle_max=UInt(HANDLE_MAX),
        )

    def attach(self, fields: dict[str, Value], link: Link | RefusedError) -> None:
        """Answer an attach; a refused one gets half a link, without the service's own end, and the reason."""
        refused, reads = isinstance(link, RefusedError), fields["role"] == RECEIVER
        self._send(
            Performative.ATTACH,
            name=fields["name"],
            handle=fields["handle"],
            role=not fields["role"],
            snd_settle_mode=fields["snd_settle_mode"],
            rcv_settle_mode=fields["rcv_settle_mode"],
            source=None if refused and reads else fields["source"],
            target=None if refused and not reads else fields["target"],
            initial_delivery_count=UInt(0) if reads else None,
            max_message_size=None if reads else ULong(MAX_MESSAGE_SIZE),
        )
        if isinstance(link, RefusedError):
            self.detach(fields["handle"], link)
        else:
            self.links[fields["handle"]] = link
            link.start()

    def on_flow(self, fields: dict[str, Value]) -> None:
        """Note how much the client takes, and tell the link."""
        acknowledged = fields["next_incoming_id"] or 0
        self._window = acknowledged + fields["incoming_window"] - self._transfers
        self._moved.set()
        link = self.links.get(fields["handle"]) if fields["handle"] is not None else None
        if link is not None:
            link.on_flow(fields)

    def on_transfer(self, frame: Frame) -> None:
        """Hand a frame to its link; one for a link that is just detached is passed over."""
        self._received += 1
        link = self.links.get(frame.fields["handle"])
        if link is not None:
            link.on_transfer(frame)

    def on_detach(self, fields: dict[str, Value]) -> None:
        """End a link that the client ends, or has seen ended."""
        if fields["handle"] in self.links:
            self.detach(fields["handle"], None)

    def on_disposition(self, fields: dict[str, Value]) -> None:
        """Settle what the client has taken and left to the service to settle."""
        if fields["role"] == RECEIVER and not fields["settled"]:
            self._send(
                Performative.DISPOSITION,
                role=not RECEIVER,
                first=fields["first"],
                last=fields["last"],
                settled=True,
                state=fields["state"],
            )

    def end_unclaimed(self) -> None:
        """End the links that no token opens any more."""
        for handle, link in list(self.links.items()):
            if link.path is not None and not self.wire.claims.open(link.path):
                self.detach(
                    handle, RefusedError(UNAUTHORIZED, "ExpiredToken: The token is expired.")
                )

    def detach(self, handle: int, refusal: RefusedError | None) -> None:
        """End a link."""
        error = refusal.as_error() if refusal else None
        self._send(Performative.DETACH, handle=UInt(handle), closed=True, error=error)
        link = self.links.pop(handle, None)
        if link is not None:
            link.close()

    def settle(self, delivery: int, refusal: RefusedError | None) -> None:
        """Answer a message for good."""
        state = Described(_REJECTED, [refusal.as_error()]) if refusal else _ACCEPTED
        self._send(
            Performative.DISPOSITION,
            role=RECEIVER,
            first=UInt(delivery),
            settled=True,
            state=state,
        )

    def grant(self, handle: int, count: int, credit: int) -> None:
        """Say how many messages may come on a link that has taken `count`."""
        self._flow(handle, count, credit)

    def drained(self, handle: int, count: int) -> None:
        """Say that a link has nothing to send and has given back its credit, as the client asked."""
        self._flow(handle, count, 0, drain=True)

    def _flow(self, handle: int, count: int, credit: int, **more: bool) -> None:
        self._send(
            Performative.FLOW,
            next_incoming_id=UInt(self._received & 0xFFFFFFFF),
            incoming_window=UInt(WINDOW),
            # The client believes this number, whatever it has counted itself.
            next_outgoing_id=UInt(self._transfers),
            outgoing_window=UInt(WINDOW),
            handle=UInt(handle),
            delivery_count=UInt(count),
            link_credit=UInt(credit),
            **more,
        )

    async def transfer(self, handle: int, messages: list[bytes], *, settled: bool = True) -> None:
        """Send messages, and wait where the client's window is full."""
        ready: list[bytes] = []
        for message in messages:
            for frame in self._frames(handle, message, settled=settled):
                if self._window <= 0:
                    self.wire.send(b"".join(ready))
                    ready.clear()
                    await self._opened()
                self._window -= 1
                self._transfers += 1
                ready.append(frame)
        self.wire.send(b"".join(ready))
        await self.wire.drain()

    def close(self) -> None:
        """End all links."""
        for link in self.links.values():
            link.close()
        self.links.clear()

    def end(self) -> None:
        """End the session as the client asks."""
        self.close()
        self._send(Performative.END)

    def _frames(self, handle: int, message: bytes, *, settled: bool) -> list[bytes]:
        delivery = self._deliveries
        self._deliveries += 1
        limit = self.wire.max_frame_size
        return list(
            build_transfers(self.channel, handle, delivery, message, limit, settled=settled)
        )

    async def _opened(self) -> None:
        while self._window <= 0:
            self._moved.clear()
            await self._moved.wait()

    def _send(self, performative: Performative, **fields: Value) -> None:
        self.wire.send(build(self.channel, performative, **fields))
