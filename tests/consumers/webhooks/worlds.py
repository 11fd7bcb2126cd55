"""A webhook on memory twins, and deliveries as others send them."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

import azure.functions as func
from pydantic_core import to_json

from consumers.webhooks.authentication import Authentication, Verify
from consumers.webhooks.endpoint import Receiver
from consumers.webhooks.inbound_commands import Webhooks
from shared.adapters.http.answering import answered
from shared.adapters.http.parked_streams_endpoint import Operations
from shared.adapters.identity.webhook_senders import Sender
from shared.adapters.memory import MemoryEventStore, MemoryParking, MemoryReceipts
from shared.domain.shop import domain
from shared.domain.shop.item.commands import RegisterItem
from shared.kernel.commands.dispatcher import dispatcher
from shared.kernel.domain import Domain
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import Appended, Collided
from tests.consumers.webhooks.tenant import APPLICATION
from tests.consumers.worlds import now
from tests.kernel.asking import at_noon, no_pause
from tests.kernel.worlds import request

ORIGIN = "eventgrid.azure.net"
SECRET = "the-secret-of-the-tests"
CARRIER = "com.example.carrier.parcel-dispatched"
DISPATCHED = ("order-O1", "DispatchRecorded")
SUPPLIER = "com.example.supplier.delivery-arrived"


def cloud(id_: str = "p1", type_: str = CARRIER, data: Any = None, **more: Any) -> dict[str, Any]:
    """Give a CloudEvent, of a carrier's parcel if nothing else is said."""
    return {
        "specversion": "1.0",
        "id": id_,
        "source": "/carriers/fast",
        "type": type_,
        "data": {"orderId": "O1", "customerId": "C1"} if data is None else data,
        **more,
    }


def grid(id_: str = "p1", type_: str = CARRIER, data: Any = None) -> dict[str, Any]:
    """Give the same in the schema of Event Grid."""
    return {
        "id": id_,
        "topic": "/carriers/fast",
        "subject": "parcels",
        "eventType": type_,
        "eventTime": "2026-11-23T12:00:00Z",
        "dataVersion": "1",
        "metadataVersion": "1",
        "data": {"orderId": "O1", "customerId": "C1"} if data is None else data,
    }


def delivered(quantity: float, id_: str = "d1") -> dict[str, Any]:
    """Give a CloudEvent of a supplier's delivery of teapots."""
    return cloud(id_, SUPPLIER, {"sku": "teapot", "quantity": quantity})


def delivery(
    content: Any, secret: str | None = SECRET, method: str = "POST", **headers: str
) -> func.HttpRequest:
    """Give a request as the worker hands it over; underscores in the names of headers are dashes."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    shown = {"content-type": "application/json"}
    if secret is not None:
        shown["webhook-secret"] = secret
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return func.HttpRequest(method, "/api/webhooks", headers={**shown, **named}, body=body)


class Struggling(MemoryEventStore):
    """A store that cannot write while it is told so."""

    fault: Exception | None = None

    async def append(self, commits: Any) -> Appended | Collided:
        """Write, or not."""
        if self.fault is not None:
            raise self.fault
        return await super().append(commits)


@dataclass
class World:
    """What is behind a webhook that knows one secret."""

    secrets: Sequence[str] = (SECRET,)
    verify: Verify | None = None
    store: MemoryEventStore = field(default_factory=MemoryEventStore)
    parking: MemoryParking = field(default_factory=MemoryParking)
    receipts: MemoryReceipts = field(default_factory=MemoryReceipts)
    sources: tuple[str, ...] = ("*",)
    types: tuple[str, ...] = ("*",)
    gone: tuple[str, ...] = ()

    domain: Domain = domain
    origins: Collection[str] = frozenset({ORIGIN})

    def __post_init__(self) -> None:
        self.dispatcher = dispatcher(domain, self.store, at_noon, no_pause)

    @property
    def webhooks(self) -> Webhooks:
        """What takes events of others."""
        return Webhooks(*(self.domain, self.dispatcher, self.parking, self.receipts, now, no_pause))

    @property
    def sender(self) -> Sender:
        """The one sender that is known, by secrets and by an application."""
        secrets = tuple(self.secrets)
        return Sender("tests", self.sources, self.types, (APPLICATION,), secrets, self.gone)

    async def open(self) -> Webhooks:
        """Open what takes events, as a host does with the first delivery."""
        return self.webhooks

    async def take(self, body: bytes) -> None:
        """Let the platform bring an event."""
        await self.webhooks.take(body, self.sender)

    @property
    def receiver(self) -> Receiver:
        """A webhook as a host has it."""
        authentication = Authentication([self.sender], self.verify)
        return Receiver(self.open, authentication, self.origins, {"orders"})

    async def status(self, content: Any, secret: str | None = SECRET, **headers: str) -> int:
        """Deliver, and give the status of the answer."""
        answer = await self.receiver.receive(delivery(content, secret, **headers))
        found: int = answer.status_code
        return found

    async def register(self) -> None:
        """Register the teapot."""
        register = request(RegisterItem(name="Teapot", reorder_point=0), "register")
        stream = StreamName("item", "teapot")
        await self.dispatcher.dispatch(
            type(register)(stream, register.command, "register", register.metadata)
        )

    def effects(self) -> list[tuple[str, str]]:
        """Name the streams and the events that were written, in order."""
        return [
            (commit.stream, event.type) for commit in self.store.written for event in commit.events
        ]

    async def parked(self) -> list[str]:
        """Name the errors of what is parked."""
        return [marker.error for marker in await self.parking.parked("webhooks")]

    async def decide(self, action: str) -> int:
        """Decide on the one event that is parked, as an operator does; gives the status of the answer."""
        (marker,) = await self.parking.parked("webhooks")
        asked = func.HttpRequest(
            method="POST",
            url="/",
            route_params={"consumer": "webhooks", "stream": marker.stream},
            body=to_json({"by": "ann", "reason": "seen to", "from": marker.version}),
        )
        operations = Operations("webhooks", self.parking, self.webhooks.replay, now)
        decided = operations.release if action == "release" else operations.skip
        found: int = (await answered(decided(asked))).status_code
        return found
