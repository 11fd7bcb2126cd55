"""The emulator of Event Hubs as a server, with the file that it keeps."""

import asyncio
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from emulators.database import Database
from emulators.event_hubs.connection import Connection
from emulators.event_hubs.log import SCHEMA, Log, now
from emulators.event_hubs.namespace import Hub, Namespace, open_namespace
from emulators.faults import Faults

FILE = "event-hubs.sqlite"
CAPTURED = "capture"
LONGEST_PAUSE = 60.0


class EventHubsServer:
    """Serves hubs: each may have `partitions` (4), `consumerGroups`, `retentionHours` (168) and `capture`."""

    def __init__(
        self,
        state: Path,
        hubs: Mapping[str, Mapping[str, Any]],
        faults: Faults,
        token: str | None = None,
    ) -> None:
        self._hubs = hubs
        self._token = token
        self._faults = faults
        self._database = Database(state / FILE, SCHEMA)
        self._server: asyncio.Server | None = None
        self._captured = state / CAPTURED
        self._tasks: list[asyncio.Task[None]] = []

    async def serve(self, port: int, tls: ssl.SSLContext | None = None) -> int:
        """Listen on 127.0.0.1 and give the port; port 0 takes a free one."""
        server = await self._listen(port, tls)
        listening: int = server.sockets[0].getsockname()[1]
        return listening

    async def close(self) -> None:
        """Drop the clients and close the file; everything that was acknowledged is in it."""
        if self._server is not None:
            self._server.close()
            self._server.close_clients()
            await self._server.wait_closed()
        for task in self._tasks:
            task.cancel()
        for ended in await asyncio.gather(*self._tasks, return_exceptions=True):
            if isinstance(ended, Exception):
                raise ended
        self._database.close()

    async def _listen(self, port: int, tls: ssl.SSLContext | None) -> asyncio.Server:
        log = Log(self._database)
        namespace = await open_namespace(log, self._hubs, self._faults, self._token)

        async def on_client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await Connection(reader, writer, namespace).serve()

        self._server = await asyncio.start_server(
            on_client, "127.0.0.1", port, limit=2**20, ssl=tls
        )
        self._tasks.append(asyncio.create_task(_trim(namespace)))
        for name, description in self._hubs.items():
            if "capture" in description:
                await self._capture(log, namespace.hub(name), description["capture"])
        return self._server

    async def _capture(self, log: Log, hub: Hub, description: Mapping[str, Any]) -> None:
        # It takes the extra [capture].
        from emulators.event_hubs.capture import Capture, Window

        capture = Capture(self._captured, self._database, log, Window.described(description))
        await capture.open(hub.partitions, now())
        self._tasks.append(asyncio.create_task(capture.serve()))


async def _trim(namespace: Namespace) -> None:
    pauses = (hub.retention / 10_000 for hub in namespace.hubs.values())
    pause = min([*pauses, LONGEST_PAUSE])
    while True:
        await asyncio.sleep(pause)
        for hub in namespace.hubs.values():
            for partition in hub.partitions.values():
                await namespace.log.trim(partition, now() - hub.retention)
