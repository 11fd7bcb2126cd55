"""Where facts of every type go: each verb sends them one way, and reads them at its end."""

import csv
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

from pydantic_core import to_json

from command_api.composition import Application
from consumers.mailbox import Mailbox
from consumers.notifications import Notifications
from consumers.projections import Projections
from consumers.rebuild import Rebuild
from consumers.webhooks.inbound_commands import Webhooks
from emulators.tests.serving import Services
from shared.adapters.cosmos.codec import to_item
from shared.adapters.cosmos.event_store import CosmosEventStore
from shared.adapters.cosmos.feed import CosmosFeed
from shared.adapters.cosmos.rows import CosmosRows
from shared.adapters.memory import (
    MemoryEventStore,
    MemoryFeed,
    MemoryLog,
    MemoryNotifier,
    MemoryOutcomes,
    MemoryParking,
    MemoryProgress,
    MemoryReceipts,
    MemoryRows,
)
from shared.kernel.commands.dispatcher import dispatcher
from shared.kernel.commands.loading import fold, load
from shared.kernel.messages.inbound_event import InboundEvent
from shared.kernel.messages.json_reading import read
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import EventStore, Feed, Log, Rows
from shared.kernel.views.generation import GenerationRows
from shared.kernel.views.view import Row, RowKey
from single_publisher.publish import Publisher
from tests.adapters.emulators import fresh_container
from tests.command_api.calls import assembled, get, get_stream, get_view, post, post_command, told
from tests.command_api.calls import list_view as get_list
from tests.consumers.worlds import now
from tests.kernel.asking import at_noon, no_pause, whole
from tests.wire.every_type import (
    SORTS,
    Book,
    Facts,
    Heard,
    Record,
    Recorded,
    Told,
    book,
    domain,
    facts_view,
)

HEARD = StreamName("book", "heard")


@dataclass
class Place:
    """Everything that facts go through, on one store."""

    store: EventStore
    feed: Feed
    rows: Rows
    log: MemoryLog = field(default_factory=lambda: MemoryLog(partitions=1))
    topic: MemoryNotifier = field(default_factory=MemoryNotifier)
    parking: MemoryParking = field(default_factory=MemoryParking)
    outcomes: MemoryOutcomes = field(default_factory=MemoryOutcomes)
    id: str = field(default_factory=lambda: str(uuid4()))

    async def _log(self) -> Log:
        return self.log

    @property
    def stream(self) -> StreamName:
        """The stream that the facts are put down in."""
        return StreamName("book", self.id)

    @property
    def application(self) -> Application:
        """A command side that nothing is warm in."""
        return replace(assembled(domain, self.store), rows=self.rows)

    @property
    def projections(self) -> Projections:
        """Projections of the view."""
        return Projections(domain.kept_views, self.rows, self.store, self.parking, self._log, now)

    async def sent(self, facts: Facts) -> Facts:
        """Put facts down over HTTP, and read them in the answer."""
        body = Record(facts=facts).model_dump_json().encode()
        answer = told(await post_command(self._post(body), self.application))
        (event,) = answer["events"]
        return _facts_in(event["type"], event["schema"], event["data"])

    async def queued(self, facts: Facts) -> None:
        """Put facts down by way of the mailbox."""
        application, body = self.application, Record(facts=facts).model_dump_json().encode()
        told(await post_command(self._post(body, Prefer="respond-async"), application))
        mailbox = await application.mailbox()
        assert isinstance(mailbox, MemoryLog)
        bodies = [one for many in mailbox.messages for one in many]
        handling = dispatcher(domain, self.store, at_noon, no_pause)
        await Mailbox(*(domain, handling, self.outcomes, self.parking, now, no_pause)).handle(
            bodies
        )

    async def heard(self, facts: Facts) -> None:
        """Let others tell facts."""
        data = Heard(facts=facts).model_dump(mode="json", by_alias=True)
        handling = dispatcher(domain, self.store, at_noon, no_pause)
        event = InboundEvent("others", self.id, "facts.heard", data)
        await Webhooks(*(domain, handling, self.parking, MemoryReceipts(), now, no_pause)).handle(
            [event]
        )

    async def passed_on(self) -> None:
        """Publish what is stored, project it, and notify others of it."""
        commits = await whole(self.store, self.stream)
        documents = to_json([to_item(commit) for commit in commits]).decode()
        await Publisher(self.log, self.store, self.parking, now).publish(documents)
        bodies = self.log.messages[0]
        await self.projections.project(bodies)
        await Notifications(
            *(domain, self.rows, self.topic, self.store, self.parking, now, no_pause)
        ).notify(bodies)

    async def stored(self, stream: StreamName) -> list[Facts]:
        """Read the facts of all events of a stream."""
        events = [event for commit in await whole(self.store, stream) for event in commit.events]
        return [_facts_in(one.type, one.schema_number, one.data) for one in events]

    async def state(self) -> tuple[Book, int]:
        """Load the state of the stream, and count the commits that were folded into it."""
        start, commits, _ = await load(book, self.store, self.stream)
        return fold(book, start, commits).state, len(commits)

    async def state_at(self, version: int) -> Book:
        """Ask for the state at a version over HTTP."""
        asked = get("streams", {"at": str(version)}, stream=str(self.stream))
        return read(Book, told(await get_stream(asked, self.application))["state"])

    async def row(self) -> Facts:
        """Ask for the row over HTTP."""
        answer = told(await get_view(get("v", view="facts", key=self.id), self.application))
        return read(Facts, answer["rows"][0]["data"])

    async def listed(self, **params: str) -> list[str]:
        """Ask for a list over HTTP, and give the keys."""
        answer = told(await get_list(get("v", params, view="facts"), self.application))
        return [row["key"] for row in answer["rows"]]

    async def walked(self, **params: str) -> list[str]:
        """Turn all pages of a list, two rows each, and give the keys."""
        keys: list[str] = []
        more: dict[str, str] | None = {**params, "limit": "2"}
        while more is not None:
            page = told(await get_list(get("v", more, view="facts"), self.application))
            keys += [row["key"] for row in page["rows"]]
            more = dict(parse_qsl(urlsplit(page["next"]).query)) if "next" in page else None
        return keys

    async def has_row(self, key: str, facts: Facts) -> None:
        """Let there be a row."""
        at = RowKey("facts", key, f"book-{key}")
        await self.rows.write(Row(at, 1, facts.model_dump(mode="json")), replacing=None)

    async def rebuilt(self) -> Facts:
        """Rebuild the view, and read the row of the new generation."""
        rebuild = Rebuild(self.projections, self.feed, MemoryProgress(), timedelta(hours=1))
        await rebuild.begin(facts_view)
        await rebuild.run(60)
        served = GenerationRows(self.rows, lambda known: known.newest, lambda: 0.0)
        (row,) = await served.of_key("facts", self.id)
        return read(Facts, row.data)

    def notified(self) -> list[Facts]:
        """Read what others are told of the stream."""
        of_stream = [one for one in self.topic.published if one.subject == str(self.stream)]
        return [read(Told, dict(one.data)).facts for one in of_stream]

    def _post(self, body: bytes, **headers: str) -> Any:
        return post("record", body, self.id, "book", Idempotency_Key=str(uuid4()), **headers)


def _facts_in(type_: str, number: int, data: dict[str, Any]) -> Facts:
    event = book.decode(type_, number, data)
    assert isinstance(event, Recorded)
    return event.facts


def in_memory() -> Place:
    """Give a place on memory twins."""
    store = MemoryEventStore()
    return Place(store, MemoryFeed(store), MemoryRows())


@asynccontextmanager
async def on_emulators(services: Services) -> AsyncIterator[Place]:
    """Give a place on the emulator of the store."""
    async with (
        fresh_container(services, like="events") as events,
        fresh_container(services, like="snapshots") as snapshots,
        fresh_container(services, like="views", sorts=SORTS) as views,
    ):
        store = CosmosEventStore(events, snapshots=snapshots)
        yield Place(store, CosmosFeed(events), CosmosRows(views))


def one_of(*texts: str) -> str:
    """Write values with commas between them."""
    written = io.StringIO()
    csv.writer(written, lineterminator="").writerow(texts)
    return written.getvalue()
