"""The way to one client: frames out, and the tasks that live as long as the connection."""

import asyncio
from dataclasses import dataclass, field

from emulators.event_hubs.claims import Claims
from emulators.event_hubs.frames import HEARTBEAT, MAX_FRAME_SIZE


@dataclass(slots=True)
class Wire:
    """What the links of a connection share."""

    writer: asyncio.StreamWriter
    tasks: asyncio.TaskGroup
    max_frame_size: int = MAX_FRAME_SIZE
    claims: Claims = field(default_factory=Claims)

    def send(self, frame: bytes) -> None:
        """Put frames on their way; a client that has gone misses them."""
        if not self.writer.is_closing():
            self.writer.write(frame)

    async def drain(self) -> None:
        """Wait until the client has taken most of what was sent."""
        await self.writer.drain()

    def abort(self) -> None:
        """Drop the connection, with whatever is on its way."""
        self.writer.transport.abort()

    async def beat(self, seconds: float) -> None:
        """Keep a client from thinking that nobody is here."""
        while True:
            await asyncio.sleep(seconds)
            self.send(HEARTBEAT)
