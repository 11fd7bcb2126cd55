"""An emulator of Event Grid with two topics, what publishes to it, and the descriptions of subscriptions."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
from azure.core.credentials import AzureKeyCredential
from azure.core.messaging import CloudEvent
from azure.eventgrid import EventGridEvent
from azure.eventgrid.aio import EventGridPublisherClient

from emulators.event_grid import EventGridServer
from emulators.event_grid.authorization import KEY
from emulators.faults import Faults, Rule
from emulators.tests.waiting import until

CLOUD, GRID = "CloudEventSchemaV1_0", "EventGridSchema"
TOPICS = {"cloud": {"inputSchema": CLOUD}, "classic": {"inputSchema": GRID}}
SCHEMAS = {"cloud": CLOUD, "classic": GRID}
SOON = 0.005
FAST = 36_000  # ten hours a second: no test waits for a schedule
DEAD_LETTERS = {
    "endpointType": "StorageBlob",
    "properties": {"resourceId": "storage", "blobContainerName": "dead-letters"},
}


def cloud_event(number: int = 1, **attributes: Any) -> CloudEvent[Any]:
    given = {"source": "/plant/tanks", "type": "TankRanLow", "data": {"n": number}, **attributes}
    return CloudEvent(id=str(number), **given)


def grid_event(number: int = 1, **properties: Any) -> EventGridEvent:
    given = {"subject": "tank-7", "event_type": "TankRanLow", "data": {"n": number}}
    return EventGridEvent(id=str(number), data_version="1.0", **{**given, **properties})


def subscription(url: str, schema: str = CLOUD, **changes: Any) -> dict[str, Any]:
    """Describe a subscription; `webhook` changes the destination's properties, the rest stands beside it."""
    webhook = {"endpointUrl": url, **changes.pop("webhook", {})}
    return {
        "destination": {"endpointType": "WebHook", "properties": webhook},
        "eventDeliverySchema": schema,
        **changes,
    }


@dataclass(frozen=True)
class Grid:
    """A running emulator."""

    url: str
    faults: Faults
    http: aiohttp.ClientSession

    def fail(self, fault: str, operation: str, **when: Any) -> None:
        """Let requests fail; without a word on when, the first one."""
        rule = {"service": "event-grid", "fault": fault, "operation": operation, **when}
        self.faults.replace(1, [Rule.parse({"at": [1], **rule})])

    def endpoint(self, topic: str) -> str:
        return f"{self.url}/topics/{topic}/api/events"

    def publisher(self, topic: str, key: str = KEY, **settings: Any) -> EventGridPublisherClient:
        keep: dict[str, Any] = {"retry_total": 0, "retry_backoff_factor": 0.01, **settings}
        return EventGridPublisherClient(self.endpoint(topic), AzureKeyCredential(key), **keep)

    async def publish(self, topic: str, *events: Any) -> None:
        async with self.publisher(topic) as publisher:
            await publisher.send(list(events))

    async def post(self, topic: str, body: Any, content_type: str, **more: str) -> tuple[int, Any]:
        """Publish without the SDK; gives status and body."""
        headers = {"aeg-sas-key": KEY, "Content-Type": content_type, **more}
        url = f"{self.endpoint(topic)}?api-version=2018-01-01"
        async with self.http.post(url, data=body, headers=headers) as answer:
            return answer.status, await answer.json() if answer.status != 200 else None

    async def put(self, topic: str, name: str, properties: Any) -> tuple[int, Any]:
        url = f"{self.url}/topics/{topic}/eventSubscriptions/{name}"
        async with self.http.put(url, json={"properties": properties}) as answer:
            return answer.status, await answer.json()

    async def subscribe(self, topic: str, url: str, name: str = "hook", **changes: Any) -> None:
        schema = changes.pop("schema", SCHEMAS[topic])
        made, said = await self.put(topic, name, subscription(url, schema, **changes))
        assert made == 201, said

    async def get(self, topic: str, *path: str) -> Any:
        url = "/".join((self.url, "topics", topic, "eventSubscriptions", *path))
        async with self.http.get(url) as answer:
            return await answer.json()

    async def delete(self, topic: str, name: str) -> None:
        url = f"{self.url}/topics/{topic}/eventSubscriptions/{name}"
        async with self.http.delete(url) as answer:
            assert answer.status == 200

    async def settled(self, topic: str, name: str = "hook") -> dict[str, Any]:
        """Wait until nothing waits for a subscription, and show it."""
        return await until(
            partial(self.shown, topic, name), lambda shown: not shown["undelivered"], SOON
        )

    async def validated(self, topic: str, name: str = "hook") -> None:
        """Wait until the webhook of a described subscription has agreed."""
        await until(partial(self.shown, topic, name), lambda shown: "undelivered" in shown, SOON)

    async def refused(self, topic: str, name: str = "hook") -> dict[str, Any]:
        """Wait until the webhook of a described subscription has not agreed, and show it."""
        return await until(
            partial(self.shown, topic, name), lambda shown: shown["properties"]["refusal"], SOON
        )

    async def shown(self, topic: str, name: str) -> dict[str, Any]:
        """Show a subscription."""
        return dict(await self.get(topic, name))

    async def dead_letters(self, topic: str, name: str = "hook") -> list[dict[str, Any]]:
        """Wait until nothing waits for a subscription, and list its dead letters."""
        await self.settled(topic, name)
        listed: list[dict[str, Any]] = (await self.get(topic, name, "deadLetters"))["value"]
        return listed


@asynccontextmanager
async def grid(state: Path, topics: Any = None, **settings: Any) -> AsyncIterator[Grid]:
    """Serve topics whose events are in a folder."""
    faults = Faults()
    server = EventGridServer(state, faults, topics or TOPICS, **{"pace": FAST, **settings})
    runner, port = await server.serve(0)
    try:
        async with aiohttp.ClientSession() as http:
            yield Grid(f"http://127.0.0.1:{port}", faults, http)
    finally:
        await runner.cleanup()
        await server.close()
