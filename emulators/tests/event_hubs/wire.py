"""A client that says what a test tells it to, frame by frame, as the SDKs of other languages do."""

import asyncio
import base64
import hmac
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote_plus, urlsplit

from emulators.event_hubs.decoding import decode
from emulators.event_hubs.encoding import encode
from emulators.event_hubs.frames import AMQP_HEADER, SASL_HEADER, Frame, build, read_frame
from emulators.event_hubs.performatives import Performative
from emulators.event_hubs.values import Described, Symbol, UByte, UInt, ULong, Value
from emulators.tests.event_hubs.clients import Hub
from emulators.tests.waiting import in_time

SENDS, RECEIVES = False, True
BATCH = 0x80013700
ACCEPTED = Described(ULong(0x24), [])
SECTIONS = {
    "header": 0x70,
    "delivery_annotations": 0x71,
    "annotations": 0x72,
    "properties": 0x73,
    "application_properties": 0x74,
    "data": 0x75,
    "value": 0x77,
}


def message(*sections: tuple[str, Value]) -> bytes:
    """Write a message, section by section."""
    return b"".join(
        bytes((0x00, 0x53, SECTIONS[name])) + encode(content) for name, content in sections
    )


def read(written: bytes) -> list[tuple[str, Value]]:
    """Read a message, section by section."""
    names = {number: name for name, number in SECTIONS.items()}
    found, at = [], 0
    while at < len(written):
        section, at = decode(written, at)
        found.append((names[section.descriptor], section.value))
    return found


def token(path: str, seconds: int = 3600, key: str = "SAS_KEY_VALUE") -> str:
    """Sign a token for a path."""
    audience = quote_plus(f"sb://127.0.0.1/{path}")
    ends = int(time.time()) + seconds
    signature = hmac.digest(key.encode(), f"{audience}\n{ends}".encode(), "sha256")
    signed = quote_plus(base64.b64encode(signature))
    return (
        f"SharedAccessSignature sr={audience}&sig={signed}&se={ends}&skn=RootManageSharedAccessKey"
    )


class Client:
    """One connection with one session on channel 0."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self._writer = writer
        self._handles = 0
        self._deliveries = 0

    def write(self, data: bytes) -> None:
        self._writer.write(data)

    def say(self, performative: Performative, **fields: Value) -> None:
        self.write(build(0, performative, **fields))

    async def hear(self, *wanted: Performative) -> Frame:
        """Read the next frame, or the next of those that are wanted."""
        async with in_time():
            while (frame := await read_frame(self.reader)) is None or (
                wanted and frame.performative not in wanted
            ):
                pass
        return frame

    async def ends(self) -> bool:
        """Wait until the service hangs up, and tell whether it said nothing before."""
        async with in_time():
            return not await self.reader.read()

    async def sasl(self, mechanism: str, response: bytes | None = None) -> tuple[Frame, Frame]:
        """Choose a mechanism; gives what was offered, and the outcome."""
        self.write(SASL_HEADER)
        async with in_time():
            assert await self.reader.readexactly(8) == SASL_HEADER
        offered = await self.hear()
        self.say(Performative.SASL_INIT, mechanism=Symbol(mechanism), initial_response=response)
        return offered, await self.hear()

    async def open(self) -> None:
        """Open the connection and its session."""
        self.write(AMQP_HEADER)
        async with in_time():
            assert await self.reader.readexactly(8) == AMQP_HEADER
        self.say(Performative.OPEN, container_id="test", hostname="127.0.0.1")
        self.say(
            Performative.BEGIN,
            next_outgoing_id=UInt(0),
            incoming_window=UInt(5000),
            outgoing_window=UInt(5000),
        )
        await self.hear(Performative.BEGIN)

    async def attach(self, role: bool, address: str, **more: Value) -> Frame:  # noqa: FBT001
        """Ask for a link; gives the service's half of it."""
        handle = UInt(self._handles)
        self._handles += 1
        node = {
            "source": Described(
                ULong(0x28), [address, None, None, None, None, None, None, more.pop("filter", None)]
            ),
            "target": Described(ULong(0x29), [more.pop("answer_to", address)]),
        }
        self.say(
            Performative.ATTACH,
            **{
                "name": f"link {handle}",
                "handle": handle,
                "role": role,
                "snd_settle_mode": UByte(1),
                **node,
                "initial_delivery_count": None if role else UInt(0),
                **more,
            },
        )
        return await self.hear(Performative.ATTACH)

    def grant(self, link: Frame, credit: int, *, drain: bool = False, **more: Value) -> None:
        """Let the service send so many messages."""
        self.say(
            Performative.FLOW,
            next_incoming_id=UInt(0),
            incoming_window=UInt(5000),
            next_outgoing_id=UInt(0),
            outgoing_window=UInt(5000),
            handle=link.fields["handle"],
            delivery_count=UInt(0),
            link_credit=UInt(credit),
            drain=drain,
            **more,
        )

    def send(self, link: Frame, written: bytes, message_format: int = 0) -> None:
        delivery = UInt(self._deliveries)
        self._deliveries += 1
        frame = build(
            0,
            Performative.TRANSFER,
            handle=link.fields["handle"],
            delivery_id=delivery,
            delivery_tag=b"%d" % delivery,
            message_format=UInt(message_format),
            settled=False,
            more=False,
        )
        self.write((len(frame) + len(written)).to_bytes(4) + frame[4:] + written)

    async def send_and_settle(self, link: Frame, written: bytes, message_format: int = 0) -> Any:
        """Send a message; gives what the service made of it."""
        self.send(link, written, message_format)
        return (await self.hear(Performative.DISPOSITION)).fields["state"]

    async def receive(self) -> dict[str, Any]:
        """Take the next message, which must come in one frame; gives its sections."""
        return dict(read((await self.hear(Performative.TRANSFER)).payload))

    async def ask(self, node: str, value: Value, **properties: Value) -> dict[str, Any]:
        """Ask a node of the service, on a pair of links of its own."""
        answers = await self.attach(RECEIVES, node, answer_to=f"answers {self._handles}")
        self.grant(answers, 10)
        asks = await self.attach(SENDS, node)
        address = answers.fields["target"].value[0]
        identity: list[Value] = ["1", None, None, None, address]
        self.send(
            asks,
            message(
                ("properties", identity), ("application_properties", properties), ("value", value)
            ),
        )
        return await self.receive()

    async def put_token(self, hub: Hub, text: str, name: str | None = None) -> dict[str, Any]:
        answer = await self.ask(
            "$cbs",
            text,
            operation="put-token",
            type="servicebus.windows.net:sastoken",
            name=f"amqps://127.0.0.1/{hub.name if name is None else name}",
        )
        properties: dict[str, Any] = answer["application_properties"]
        return properties

    async def refusal(self) -> tuple[str, str]:
        """Give why a link was ended."""
        error = (await self.hear(Performative.DETACH)).fields["error"].value
        return error[0], error[1]


@asynccontextmanager
async def connected(hub: Hub) -> AsyncIterator[Client]:
    """Connect, and say nothing yet."""
    endpoint = urlsplit(hub.connection.partition("=")[2].partition(";")[0])
    reader, writer = await asyncio.open_connection(endpoint.hostname, endpoint.port)
    yield Client(reader, writer)
    writer.close()


@asynccontextmanager
async def opened(hub: Hub, mechanism: str = "MSSBCBS") -> AsyncIterator[Client]:
    """Connect as .NET does, with a session but without a token."""
    async with connected(hub) as client:
        await client.sasl(mechanism)
        await client.open()
        yield client


@asynccontextmanager
async def entitled(hub: Hub) -> AsyncIterator[Client]:
    """Connect as .NET does, with a session and a token for the hub."""
    async with opened(hub) as client:
        assert (await client.put_token(hub, token(hub.name)))["status-code"] == 202
        yield client
