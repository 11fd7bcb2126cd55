"""Requests as the worker hands them over, and what an answer told."""

import json
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

import azure.functions as func

from command_api import causes, commands, mailbox, streams, views
from command_api.composition import Application
from command_api.feeds.reading import FeedReaders
from shared.adapters.http.answering import answered
from shared.adapters.identity.actor import PRINCIPAL
from shared.adapters.memory import (
    MemoryEventStore,
    MemoryFeedPages,
    MemoryLeases,
    MemoryLog,
    MemoryOutcomes,
    MemoryRows,
)
from shared.kernel.commands.dispatcher import dispatcher
from shared.kernel.domain import Domain
from shared.kernel.ports import EventStore, FeedPages, Leases, Log, Rows
from tests.kernel.asking import at_noon, no_pause

type Handler = Callable[[func.HttpRequest, Application], Coroutine[Any, Any, func.HttpResponse]]


def answering(handle: Handler) -> Handler:
    """Answer as the trigger does: with a problem for whatever is raised."""

    async def answer(req: func.HttpRequest, application: Application) -> func.HttpResponse:
        return await answered(handle(req, application))

    return answer


post_command = answering(commands.post_command)
get_causes = answering(causes.get_causes)
get_outcome = answering(mailbox.get_outcome)
get_stream = answering(streams.get_stream)
get_view = answering(views.get_view)
list_view = answering(views.list_view)


def now() -> datetime:
    return datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def assembled(domain: Domain, store: EventStore | None = None) -> Application:
    """Assemble the command side on memory twins."""
    store, mailbox = store or MemoryEventStore(), MemoryLog(partitions=4)
    leases, rows = MemoryLeases(), MemoryRows()

    async def give_mailbox() -> Log:
        return mailbox

    async def give_rows() -> Rows:
        return rows

    async def give_leases() -> Leases:
        return leases

    async def give_pages() -> FeedPages:
        return MemoryFeedPages()

    readers = FeedReaders(give_pages)

    async def give_readers() -> FeedReaders:
        return readers

    return Application(
        domain=domain,
        dispatcher=dispatcher(domain, store, at_noon, no_pause),
        store=store,
        rows=rows,
        outcomes=MemoryOutcomes(),
        mailbox=give_mailbox,
        scheduled=give_rows,
        leases=give_leases,
        feeds=give_readers,
        now=now,
    )


def post(
    command: str, body: object, id_: str = "SKU1", category: str = "item", **headers: str
) -> func.HttpRequest:
    return func.HttpRequest(
        method="POST",
        url=f"http://127.0.0.1:7071/api/{category}/{id_}/{command}",
        route_params={"category": category, "id": id_, "command": command},
        headers={name.replace("_", "-"): value for name, value in headers.items()},
        body=body if isinstance(body, bytes) else json.dumps(body).encode(),
    )


def get(
    name: str, params: dict[str, str] | None = None, by: str | None = None, **route: str
) -> func.HttpRequest:
    return func.HttpRequest(
        method="GET",
        url=f"/api/{name}",
        headers={PRINCIPAL: by} if by else {},
        params=params or {},
        route_params=route,
        body=b"",
    )


def told(response: func.HttpResponse) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(response.get_body())
    if response.status_code >= 400:
        assert response.mimetype == "application/problem+json"
        assert (body["status"], body["type"]) == (
            response.status_code,
            f"urn:onewrite:problem:{body['code']}",
        )
    return body


async def registered(application: Application) -> None:
    await post_command(post("register-item", {"name": "Teapot", "reorderPoint": 2}), application)
    await post_command(
        post("receive-stock", {"quantity": 10}, Idempotency_Key="receive"), application
    )


def rows_of(application: Application) -> MemoryRows:
    assert isinstance(application.rows, MemoryRows)
    return application.rows


async def nothing_is_written(application: Application) -> bool:
    store = application.store
    return isinstance(store, MemoryEventStore) and not store.commits()
