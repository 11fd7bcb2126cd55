"""AMQP over WebSockets (RFC 6455), on the same port as without."""

import asyncio
import base64
import hashlib
import struct
from typing import Final

from emulators.event_hubs.refusals import DECODE_ERROR, RefusedError

BEGINS: Final = b"GET "
# Fixed by the RFC: it proves that the server knows what was asked of it.
_GUID: Final = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_CONTINUED, _BINARY, _CLOSE, _PING, _PONG = 0x0, 0x2, 0x8, 0x9, 0xA
_FINAL = 0x80
_SHORT, _MEDIUM = 126, 65536
LARGEST_FRAME: Final = 2**24


class Enveloping:
    """A writer whose data goes out in binary frames."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer

    @property
    def transport(self) -> asyncio.WriteTransport:
        return self._writer.transport

    def write(self, data: bytes) -> None:
        self.say(_BINARY, data)

    def say(self, kind: int, data: bytes) -> None:
        """Write one frame."""
        size = len(data)
        if size < _SHORT:
            head = struct.pack(">BB", _FINAL | kind, size)
        elif size < _MEDIUM:
            head = struct.pack(">BBH", _FINAL | kind, _SHORT, size)
        else:
            head = struct.pack(">BBQ", _FINAL | kind, _SHORT + 1, size)
        self._writer.write(head + data)

    def is_closing(self) -> bool:
        return self._writer.is_closing()

    async def drain(self) -> None:
        await self._writer.drain()

    def close(self) -> None:
        if not self._writer.is_closing():
            self.say(_CLOSE, b"\x03\xe8")
        self._writer.close()


async def upgrade(
    begun: bytes,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    tasks: asyncio.TaskGroup,
) -> tuple[asyncio.StreamReader, Enveloping]:
    """Answer a request to speak WebSockets; gives what to read AMQP from and write it to."""
    request = (begun + await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    lines = (line.partition(":") for line in request.split("\r\n")[1:])
    headers = {name.strip().lower(): value.strip() for name, _, value in lines}
    if "sec-websocket-key" not in headers:
        writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        raise ConnectionResetError("the client does not speak WebSockets")
    digest = hashlib.sha1((headers["sec-websocket-key"] + _GUID).encode()).digest()  # noqa: S324 - as the RFC says
    answer = [
        "HTTP/1.1 101 Switching Protocols",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Accept: {base64.b64encode(digest).decode()}",
    ]
    if protocols := headers.get("sec-websocket-protocol"):
        answer.append(f"Sec-WebSocket-Protocol: {protocols.partition(',')[0].strip()}")
    writer.write("\r\n".join([*answer, "", ""]).encode())
    inner, enveloping = asyncio.StreamReader(limit=2**20), Enveloping(writer)
    tasks.create_task(_open_envelopes(reader, inner, enveloping))
    return inner, enveloping


async def _open_envelopes(
    reader: asyncio.StreamReader, inner: asyncio.StreamReader, enveloping: Enveloping
) -> None:
    while True:
        kind, data = await _read_frame(reader)
        match kind:
            case _ if kind in {_BINARY, _CONTINUED}:
                inner.feed_data(data)
            case _ if kind == _PING:
                enveloping.say(_PONG, data)
            case _ if kind == _CLOSE:
                raise ConnectionResetError("the client is done")


async def _read_frame(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    first, second = await reader.readexactly(2)
    size = second & 0x7F
    if size >= _SHORT:
        size = int.from_bytes(await reader.readexactly(2 if size == _SHORT else 8))
    if size > LARGEST_FRAME:
        raise RefusedError(DECODE_ERROR, f"A WebSocket frame of {size} bytes cannot be.")
    mask = await reader.readexactly(4) if second & 0x80 else bytes(4)
    data = await reader.readexactly(size)
    repeated = mask * (size // 4 + 1)
    plain = int.from_bytes(data) ^ int.from_bytes(repeated[:size])
    return first & 0x0F, plain.to_bytes(size)
