"""A second port for a service: what comes in at one goes on to the other, bytes as they are."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_HOST = "127.0.0.1"


@contextmanager
def relay(port: int, to: int) -> Iterator[None]:
    """Listen as long as the block runs; raises PermissionError where only root may."""
    loop = asyncio.new_event_loop()

    async def serve() -> asyncio.Server:
        return await asyncio.start_server(lambda r, w: _joined(r, w, to), _HOST, port)

    server = loop.run_until_complete(serve())
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


async def _joined(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, to: int) -> None:
    inner, outer = await asyncio.open_connection(_HOST, to)
    await asyncio.gather(_copied(reader, outer), _copied(inner, writer))


async def _copied(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()
