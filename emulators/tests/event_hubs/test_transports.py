"""The same hub over TLS, and over WebSockets, with the certificate that the emulator makes."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from azure.eventhub import EventData, TransportType
from azure.eventhub.aio import EventHubConsumerClient, EventHubProducerClient, PartitionContext

from emulators.connections import event_hubs
from emulators.event_hubs import EventHubsServer
from emulators.faults import Faults
from emulators.tests.waiting import in_time
from emulators.tls import CERTIFICATE, server_context

HUB = {"hub": {"partitions": 1}}


@pytest.fixture
async def port(tmp_path: Path) -> AsyncIterator[int]:
    server = EventHubsServer(tmp_path, HUB, Faults())
    yield await server.serve(0, server_context(tmp_path))
    await server.close()


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize("transport", [TransportType.Amqp, TransportType.AmqpOverWebsocket])
async def test_events_arrive_over_each_transport(
    transport: TransportType, port: int, tmp_path: Path
) -> None:
    settings: dict[str, Any] = {
        "conn_str": event_hubs(port, tls=True),
        "eventhub_name": "hub",
        "transport_type": transport,
        "connection_verify": str(tmp_path / CERTIFICATE),
        # The SDK has the port of Azure for WebSockets, unless it is told of another.
        "custom_endpoint_address": f"sb://127.0.0.1:{port}",
    }
    bodies = ["small", "x" * 70_000, "y" * 200]
    async with EventHubProducerClient.from_connection_string(**settings) as producer:
        await producer.send_batch([EventData(body) for body in bodies], partition_id="0")
    consumer = EventHubConsumerClient.from_connection_string(consumer_group="$Default", **settings)
    received: list[str] = []
    done = asyncio.Event()

    async def on_event(_: PartitionContext, event: EventData | None) -> None:
        assert event
        received.append(event.body_as_str())
        if len(received) == len(bodies):
            done.set()

    reading = asyncio.create_task(
        consumer.receive(on_event, partition_id="0", starting_position="-1")
    )
    async with in_time():
        await done.wait()
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    await consumer.close()

    assert received == bodies


async def test_a_websocket_is_pinged_and_closed(tmp_path: Path) -> None:
    server = EventHubsServer(tmp_path, HUB, Faults())
    port = await server.serve(0)
    url = f"http://127.0.0.1:{port}/$servicebus/websocket"
    async with (
        aiohttp.ClientSession() as http,
        http.ws_connect(url, protocols=["AMQPWSB10"], autoping=False) as socket,
        in_time(),
    ):
        assert socket.protocol == "AMQPWSB10"
        await socket.ping(b"there?")
        answer = await socket.receive()
        assert (answer.type, answer.data) == (aiohttp.WSMsgType.PONG, b"there?")
        await socket.send_bytes(b"AMQP\x03\x01\x00\x00")
        assert (await socket.receive_bytes()).startswith(b"AMQP\x03\x01\x00\x00")
    await server.close()


async def test_http_without_a_websocket_is_refused(tmp_path: Path) -> None:
    server = EventHubsServer(tmp_path, HUB, Faults())
    port = await server.serve(0)
    async with aiohttp.ClientSession() as http, http.get(f"http://127.0.0.1:{port}/") as answer:
        assert answer.status == 400
    await server.close()
