"""The way of one command of the business that runs, on memory twins: in over HTTP, and out wherever it shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

import azure.functions as func
from pydantic_core import to_json

from command_api.composition import Application
from consumers.notifications import Notifications
from consumers.projections import Projections
from consumers.rebuild import Rebuild
from shared.adapters.cosmos.codec import to_item
from shared.adapters.identity.actor import PRINCIPAL, Actors
from shared.adapters.memory import (
    MemoryEventStore,
    MemoryFeed,
    MemoryLog,
    MemoryNotifier,
    MemoryParking,
    MemoryProgress,
    MemoryRows,
)
from shared.kernel.commands.category import Category
from shared.kernel.commands.dispatcher import dispatcher
from shared.kernel.domain import Domain
from shared.kernel.messages.envelope import decode
from shared.kernel.messages.json_reading import read
from shared.kernel.messages.message import Command, Event, Message, route_name
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import Log
from shared.kernel.views.generation import GenerationRows
from shared.kernel.views.view import Row, View, everybody
from single_publisher.publish import Publisher
from tests.active import domain
from tests.command_api.calls import (
    assembled,
    get,
    get_stream,
    get_view,
    list_view,
    post,
    post_command,
    told,
)
from tests.consumers.worlds import now
from tests.kernel.asking import no_pause
from tests.specs.spec import Spec
from tests.specs.ways import history

# What is read here is what is there, whoever may read it: specs hold who may.
OPEN: Final = Domain(
    categories=tuple(replace(one, may_read=None) for one in domain.categories),
    views=tuple(replace(one, may_read=everybody) for one in domain.views),
)


@dataclass
class Way:
    """Everything that a command of a spec goes through."""

    category: Category
    spec: Spec
    at: datetime
    store: MemoryEventStore = field(default_factory=MemoryEventStore)
    rows: MemoryRows = field(default_factory=MemoryRows)
    log: MemoryLog = field(default_factory=lambda: MemoryLog(partitions=1))
    topic: MemoryNotifier = field(default_factory=MemoryNotifier)
    parking: MemoryParking = field(default_factory=MemoryParking)

    @property
    def stream(self) -> StreamName:
        """The stream that the spec is about."""
        return StreamName(self.category.name, "spec")

    @property
    def application(self) -> Application:
        """A command side in which nothing is warm."""
        deciding = dispatcher(OPEN, self.store, lambda: self.at, no_pause)
        made = assembled(OPEN, self.store)
        return replace(made, dispatcher=deciding, rows=self.rows, actors=Actors(signs_in=True))

    @property
    def projections(self) -> Projections:
        """The projections of all views."""

        async def log() -> Log:
            return self.log

        return Projections(domain.kept_views, self.rows, self.store, self.parking, log, now)

    async def begin(self) -> None:
        """Let everything that is given have happened."""
        for commit in history(self.stream, self.spec.given):
            await self.store.append([commit])

    async def send(self, command: Command) -> func.HttpResponse:
        """Send a command as who asks in the spec."""
        by = {PRINCIPAL: self.spec.by} if self.spec.by else {}
        body = command.model_dump_json(by_alias=True).encode()
        route = route_name(type(command))
        return await post_command(
            post(route, body, self.stream.id, self.category.name, **by), self.application
        )

    async def pass_on(self) -> None:
        """Publish, project and notify."""
        documents = to_json([to_item(commit) for commit in self.store.written]).decode()
        await Publisher(self.log, self.store, self.parking, now).publish(documents)
        bodies = self.log.messages[0]
        await self.projections.project(bodies)
        args = (domain, self.rows, self.topic, self.store, self.parking, now, no_pause)
        await Notifications(*args).notify(bodies)

    def events(self, answer: Mapping[str, Any]) -> list[Event]:
        """Read the events of an answer."""
        return [self._read(one["type"], one["schema"], one["data"]) for one in answer["events"]]

    def stored(self) -> list[Event]:
        """Read all events of the stream in the store."""
        recorded = [event for commit in self.store.written for event in commit.events]
        return [self._read(one.type, one.schema_number, one.data) for one in recorded]

    def logged(self) -> list[Event]:
        """Read all events of the log."""
        found = map(decode, self.log.messages[0])
        return [self._read(one.type, one.schema_number, one.data) for one in found]

    async def state(self, version: int) -> Any:
        """Ask for the state behind a version over HTTP."""
        asked = get("streams", {"at": str(version)}, stream=str(self.stream))
        answer = told(await get_stream(asked, self.application))
        return read(self.category.snapshots.state, answer["state"])

    async def row(self, view: View[Any], key: str) -> Message:
        """Ask for the row of a key over HTTP."""
        answer = told(await get_view(get("v", view=view.name, key=key), self.application))
        (row,) = answer["rows"]
        data_type: type[Message] = view.data_type
        return read(data_type, row["data"])

    async def listed(self, view: View[Any], **params: str) -> list[str]:
        """Ask for a list over HTTP, and give the keys."""
        answer = told(await list_view(get("v", params, view=view.name), self.application))
        return [row["key"] for row in answer["rows"]]

    async def rebuilt(self, view: View[Any]) -> Sequence[Row]:
        """Rebuild a view, and give the rows of the new generation."""
        feed = MemoryFeed(self.store)
        rebuild = Rebuild(self.projections, feed, MemoryProgress(), timedelta(hours=1))
        await rebuild.begin(view)
        await rebuild.run(60)
        served = GenerationRows(self.rows, lambda known: known.newest, lambda: 0.0)
        keys = {row.at.key for row in self.rows.all() if row.at.view == view.name}
        return [row for key in sorted(keys) for row in await served.of_key(view.name, key)]

    def _read(self, type_: str, number: int, data: Mapping[str, Any]) -> Event:
        return self.category.decode(type_, number, data)
