"""A connection: the handshake, and frames to the sessions that they are for."""

import asyncio
from uuid import uuid4

from emulators.event_hubs.attaching import open_link
from emulators.event_hubs.frames import MAX_FRAME_SIZE, Frame, build, read_frame
from emulators.event_hubs.namespace import Namespace
from emulators.event_hubs.performatives import Performative
from emulators.event_hubs.refusals import DECODE_ERROR, NOT_IMPLEMENTED, RefusedError
from emulators.event_hubs.sasl import shake_hands
from emulators.event_hubs.session import Session
from emulators.event_hubs.values import UInt, UShort
from emulators.event_hubs.wire import Wire

CHANNEL_MAX = 4999
IDLE_TIMEOUT = 240_000


class Connection:
    """One client, as long as it stays."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, namespace: Namespace
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._namespace = namespace
        self._sessions: dict[int, Session] = {}

    async def serve(self) -> None:
        """Serve until the client goes, one way or another."""
        try:
            async with asyncio.TaskGroup() as tasks:
                wire = Wire(self._writer, tasks)
                await shake_hands(self._reader, wire)
                tasks.create_task(self._watch(wire))
                await self._converse(wire)
                # The tasks of the links end with their links, and with them the group.
                self._close_sessions()
                raise ConnectionResetError("the client is done")
        except* (ConnectionError, asyncio.IncompleteReadError):
            # Clients drop their connections when they are done, and faults drop them on purpose.
            self._close_sessions()
        except* RefusedError as group:
            self._close_sessions()
            self._say_goodbye(group)
        finally:
            self._writer.close()

    async def _converse(self, wire: Wire) -> None:
        while True:
            frame = await read_frame(self._reader)
            if frame is None:
                continue
            match frame.performative:
                case Performative.OPEN:
                    self._open(wire, frame)
                case Performative.BEGIN:
                    session = Session(wire, frame.channel, frame.fields)
                    self._sessions[frame.channel] = session
                case Performative.CLOSE:
                    wire.send(build(0, Performative.CLOSE))
                    return
                case _:
                    await self._hand_over(frame)

    def _open(self, wire: Wire, frame: Frame) -> None:
        wire.max_frame_size = min(frame.fields["max_frame_size"] or MAX_FRAME_SIZE, MAX_FRAME_SIZE)
        wire.send(
            build(
                0,
                Performative.OPEN,
                container_id=uuid4().hex,
                max_frame_size=UInt(MAX_FRAME_SIZE),
                channel_max=UShort(CHANNEL_MAX),
                idle_time_out=UInt(IDLE_TIMEOUT),
            )
        )
        if frame.fields["idle_time_out"]:
            wire.tasks.create_task(wire.beat(frame.fields["idle_time_out"] / 2000))

    async def _hand_over(self, frame: Frame) -> None:
        session = self._sessions.get(frame.channel)
        if session is None:
            raise RefusedError(DECODE_ERROR, f"There is no session on channel {frame.channel}.")
        match frame.performative:
            case Performative.ATTACH:
                await self._attach(session, frame)
            case Performative.FLOW:
                session.on_flow(frame.fields)
            case Performative.TRANSFER:
                session.on_transfer(frame)
            case Performative.DISPOSITION:
                session.on_disposition(frame.fields)
            case Performative.DETACH:
                session.on_detach(frame.fields)
            case Performative.END:
                session.end()
                del self._sessions[frame.channel]
            case _:
                raise RefusedError(NOT_IMPLEMENTED, f"{frame.performative.name} has no place here.")

    async def _attach(self, session: Session, frame: Frame) -> None:
        try:
            link = await open_link(session, frame.fields, self._namespace)
        except RefusedError as refused:
            session.attach(frame.fields, refused)
            return
        session.attach(frame.fields, link)

    async def _watch(self, wire: Wire) -> None:
        """End links with the tokens that opened them."""
        while True:
            await wire.claims.ended()
            for session in self._sessions.values():
                session.end_unclaimed()

    def _close_sessions(self) -> None:
        for session in self._sessions.values():
            session.close()
        self._sessions.clear()

    def _say_goodbye(self, group: ExceptionGroup[RefusedError]) -> None:
        refused = group.exceptions[0]
        if isinstance(refused, RefusedError):
            self._writer.write(build(0, Performative.CLOSE, error=refused.as_error()))
