"""The whole function set in this process, wired to memory twins: its functions by name, and what is behind."""

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

import azure.functions as func
import pytest
from azure.functions.warmup import WarmUpContext
from pydantic_core import to_json

import command_api.composition
import consumers.composition
import consumers.follower_composition
import consumers.live_composition
import consumers.polling.composition
import single_publisher.composition
from shared.adapters import wiring
from shared.adapters.cosmos.codec import to_item
from shared.adapters.identity.webhook_senders import read_senders
from shared.adapters.lazy_singleton import Once
from shared.adapters.memory import (
    MemoryEventStore,
    MemoryFeed,
    MemoryFeedPages,
    MemoryLeases,
    MemoryLog,
    MemoryNotifier,
    MemoryOthersFeeds,
    MemoryOutcomes,
    MemoryParking,
    MemoryProgress,
    MemoryReceipts,
    MemoryRows,
)
from shared.adapters.settings import Settings, WebhookSettings
from shared.kernel.delivery.partition import partition_of
from shared.kernel.errors import StoreError
from tests import functions

PARTITIONS = 4
SECRET = "the-secret-of-the-tests"
FUNCTIONS: dict[str, Callable[..., Awaitable[Any]]] = {
    name: found.get_user_function() for name, found in functions.FUNCTIONS.items()
}


CARRIER = "com.example.carrier.parcel-dispatched"
DATA: dict[str, object] = {"orderId": "7", "customerId": "C1"}
PARCEL = {
    "specversion": "1.0",
    "id": "p1",
    "source": "/carriers/fast",
    "type": CARRIER,
    "data": DATA,
}


class Wired:
    """Calls functions as the platform does, and brings messages from one to the next."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.patch = patch
        self.store = MemoryEventStore(clock=self._seconds)
        self.rows = MemoryRows()
        self.parking = MemoryParking()
        self.progress = MemoryProgress()
        self.log = MemoryLog(partitions=PARTITIONS)
        self.mailbox = MemoryLog(partitions=PARTITIONS)
        self.notifier = MemoryNotifier()
        self.pages = MemoryFeedPages()
        self.outcomes = MemoryOutcomes()
        self.others = MemoryOthersFeeds()
        self.leases = MemoryLeases()
        self.warmed = 0
        self.later = datetime.now(UTC)
        self.set_back = timedelta()
        self._published = 0
        self._taken: dict[tuple[str, int], int] = {}
        twins = {
            "event_store": self.store,
            "event_reader": self.store,
            "rows": self.rows,
            "parking": self.parking,
            "progress": self.progress,
            "log": self.log,
            "log_reader": self.log,
            "mailbox": self.mailbox,
            "mailbox_reader": self.mailbox,
            "notifier": self.notifier,
            "feed_pages": self.pages,
            "outcomes": self.outcomes,
            "receipts": MemoryReceipts(),
            "feed": MemoryFeed(self.store),
            "others_feeds": self.others,
            "leases": self.leases,
        }
        for name, twin in twins.items():
            patch.setattr(wiring, name, _giving(twin))
        settings = Settings.read({"COSMOS": "c", "EVENTHUBS": "e", "EVENTGRID": "g"})
        senders = read_senders("partner = * | *; platform = * | *", f"partner={SECRET}")
        webhooks = WebhookSettings(senders, ("eventgrid.azure.net",), (), None)
        patch.setattr(wiring, "settings", lambda: settings)
        patch.setattr("shared.adapters.settings.check", lambda: None)
        patch.setattr(wiring, "webhook_settings", lambda: webhooks)
        patch.setattr(wiring, "token_verifier", lambda: None)
        patch.setattr(wiring, "now", lambda: self.later - self.set_back)
        patch.setattr(wiring, "clock", self._seconds)
        patch.setattr(wiring, "warm", self._warm)
        patch.setattr(wiring, "attempts", self._attempts)
        self.denied: set[str] = set()
        for made in (
            wiring.dispatcher,
            *vars(command_api.composition).values(),
            *vars(single_publisher.composition).values(),
            *vars(consumers.composition).values(),
            consumers.live_composition.live,
            consumers.polling.composition.polling,
        ):
            if isinstance(made, Once):
                patch.setattr(made, "making", None)
        patch.setattr(consumers.follower_composition, "_followers", {})

    def _seconds(self) -> float:
        return self.later.timestamp()

    async def _attempts(self, *rights: str) -> dict[str, Callable[[], Awaitable[object]]]:
        return {right: partial(self._attempt, right) for right in rights}

    async def _attempt(self, right: str) -> None:
        if right in self.denied:
            raise StoreError("403")

    async def _warm(self) -> None:
        self.warmed += 1

    async def ask(
        self,
        function: str,
        body: object = None,
        params: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
        **route: str,
    ) -> tuple[int, Any]:
        """Call a function over HTTP; gives the status and the body, as JSON where it is that."""
        method, sent = ("GET", b"") if body is None else ("POST", json.dumps(body).encode())
        given = {"content-type": "application/json", "webhook-secret": SECRET, **(headers or {})}
        answer = await self.call(function, method, given, params, sent, **route)
        content = answer.get_body().decode()
        return answer.status_code, json.loads(content) if "json" in answer.mimetype else content

    async def call(
        self,
        function: str,
        method: str = "GET",
        headers: dict[str, str] | None = None,
        params: dict[str, str] | None = None,
        body: bytes = b"",
        **route: str,
    ) -> func.HttpResponse:
        """Call a function over HTTP, and give its whole answer."""
        url = f"/api?{urlencode(params or {})}"
        asked = func.HttpRequest(
            method, url, headers=headers, params=params, route_params=route, body=body
        )
        answer: func.HttpResponse = await FUNCTIONS[function](asked)
        return answer

    async def command(self, path: str, body: object, **headers: str) -> tuple[int, Any]:
        """Send a command: `item/TEA/register-item`."""
        category, id_, command = path.split("/")
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        route: dict[str, Any] = {"category": category, "id": id_, "command": command}
        return await self.ask("command", body, headers=given, **route)

    async def publish(self) -> None:
        """Hand what was written to the publisher."""
        new = self.store.written[self._published :]
        self._published += len(new)
        await FUNCTIONS["single_publisher"](to_json([to_item(one) for one in new]).decode())

    async def deliver(self, function: str, log: MemoryLog | None = None) -> None:
        """Hand what is new in a hub to a consumer, partition by partition."""
        hub = log or self.log
        for partition, bodies in enumerate(hub.messages):
            begun = self._taken.get((function, partition), 0)
            self._taken[function, partition] = len(bodies)
            events = [
                func.EventHubEvent(body=body, sequence_number=number)
                for number, body in enumerate(bodies[begun:], start=begun)
            ]
            if events:
                await FUNCTIONS[function](events)

    async def settle(self) -> None:
        """Let everything follow that follows."""
        while self._published < len(self.store.written):
            await self.publish()
            for function in ("projections", "reactions", "notifications", "feeds"):
                await self.deliver(function)

    def lose(self) -> None:
        """Lose what was written: it counts as published, and nobody has seen it."""
        self._published = len(self.store.written)

    async def tick(self, function: str) -> None:
        """Let a timer ring."""
        await FUNCTIONS[function](func.TimerRequest())

    async def wake(self) -> None:
        """Warm up a new instance."""
        await FUNCTIONS["warmup"](WarmUpContext)

    async def noted(self, consumer: str, stream: str) -> str | None:
        """Give what a consumer noted of the partition of a stream."""
        return await self.progress.read(f"{consumer}:{partition_of(stream, PARTITIONS)}")


def _giving(twin: object) -> Callable[[], Awaitable[object]]:
    async def give() -> object:
        return twin

    return give


async def stocked(wired: Wired) -> None:
    await wired.command("item/TEA/register-item", {"name": "Tea", "reorderPoint": 1})
    await wired.command("item/TEA/receive-stock", {"quantity": 5})
    await wired.settle()


async def placed(wired: Wired) -> None:
    body = {"customerId": "C1", "lines": [{"sku": "TEA", "quantity": 2}]}
    await wired.command("order/7/place-order", body)
    await wired.settle()
