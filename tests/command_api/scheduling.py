"""A library whose API keeps commands until their time, its timer, and the clock of both."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import azure.functions as func

from command_api.composition import Application
from command_api.scheduled_commands import cancel_command
from consumers.mailbox import Mailbox
from consumers.scheduled_commands import Schedule
from shared.adapters.identity.actor import PRINCIPAL, Actors
from shared.adapters.memory import (
    MemoryEventStore,
    MemoryOutcomes,
    MemoryParking,
    MemoryRows,
)
from shared.kernel.commands.dispatcher import dispatcher
from shared.kernel.errors import StoreUnavailable
from shared.kernel.messages.commit import Commit
from shared.kernel.ports import Appended, Collided
from tests.command_api.calls import answering, assembled, get_outcome, post, post_command, told
from tests.kernel.asking import at_noon, no_pause
from tests.kernel.lending import lending

cancel = answering(cancel_command)
TOMORROW = "2026-11-24T12:00:00Z"
DAY = timedelta(days=1)


def signed_in(by: str | None) -> dict[str, str]:
    """Give the headers of who asks, none for nobody."""
    return {PRINCIPAL: by} if by else {}


class Away(MemoryEventStore):
    """A store that may be away."""

    away = False

    async def append(self, commits: Sequence[Commit]) -> Appended | Collided:
        if self.away:
            raise StoreUnavailable("no answer")
        return await super().append(commits)


@dataclass
class Library:
    """The API and the timer, on one clock."""

    moment: datetime = field(default_factory=at_noon)
    store: Away = field(default_factory=Away)
    rows: MemoryRows = field(init=False)
    outcomes: MemoryOutcomes = field(init=False)
    api: Application = field(init=False)

    def __post_init__(self) -> None:
        made = assembled(lending, self.store)
        deciding = dispatcher(lending, self.store, self.now, no_pause)
        actors = Actors(signs_in=True)
        self.api = replace(made, dispatcher=deciding, now=self.now, actors=actors)
        assert isinstance(made.rows, MemoryRows)
        assert isinstance(made.outcomes, MemoryOutcomes)
        self.rows, self.outcomes = made.rows, made.outcomes

    def now(self) -> datetime:
        return self.moment

    @property
    def schedule(self) -> Schedule:
        """The timer of a host that has just begun."""
        deciding = dispatcher(lending, self.store, self.now, no_pause)
        mailbox = Mailbox(lending, deciding, self.outcomes, MemoryParking(), self.now, no_pause)
        return Schedule(self.rows, mailbox, self.outcomes, self.now, page=2)

    async def asks(
        self, until: str | None, by: str | None = "ann", command: str = "borrow", **headers: str
    ) -> func.HttpResponse:
        given = {"Idempotency_Key": "k1", "Prefer": "respond-async", **signed_in(by), **headers}
        when = {"Not_Before": until} if until is not None else {}
        return await post_command(post(command, {}, "emma", "book", **given, **when), self.api)

    async def status(self, answer: func.HttpResponse, by: str = "ann") -> Mapping[str, Any]:
        return told(await get_outcome(self._at(answer, "GET", by), self.api))

    async def cancels(self, answer: func.HttpResponse, by: str | None = "ann") -> tuple[int, Any]:
        answered = await cancel(self._at(answer, "DELETE", by), self.api)
        body = told(answered)
        return answered.status_code, body.get("code") or body["outcome"]

    def _at(self, answer: func.HttpResponse, method: str, by: str | None) -> func.HttpRequest:
        params = dict(parse_qsl(urlsplit(answer.headers["Location"]).query))
        return func.HttpRequest(
            method=method,
            url="/api/streams",
            headers=signed_in(by),
            params=params,
            route_params={"stream": "book-emma"},
            body=b"",
        )
