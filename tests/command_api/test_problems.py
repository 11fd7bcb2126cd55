"""Every problem that docs/problems.md lists is told by something here, and nothing else is."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import azure.functions as func
import pytest

from command_api.composition import Application
from command_api.parsing import LARGEST_BODY
from shared.adapters.cosmos.codec import LIMITS
from shared.adapters.http.problems import Problem, malformed
from shared.adapters.memory import MemoryLog
from shared.domain.shop import domain
from shared.domain.shop.item import item
from shared.domain.shop.item.events import StockAdjusted, StockReceived
from shared.kernel.domain import Domain
from shared.kernel.errors import (
    BrokenStream,
    Conflict,
    InvalidMessage,
    LogUnavailable,
    NewerCode,
    OutcomeUnknown,
    StoreRefused,
    StoreThrottled,
    StoreUnavailable,
    StreamFull,
    UnreadableCommit,
)
from shared.kernel.messages.commit import RecordedEvent
from shared.kernel.messages.message import Event
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import Log
from tests.command_api.calls import assembled, post, post_command, registered, told
from tests.command_api.failing import failing
from tests.kernel.worlds import commit

RECEIVE = ("receive-stock", {"quantity": 1})
DOCUMENTED = set(
    re.findall(r'<a id="([a-z-]+)">', Path("docs/problems.md").read_text(encoding="utf-8"))
)


def deciding(event: Event) -> Application:
    decider = replace(item.decider, decide=lambda _command, _state: (event,))
    odd = Domain(categories=(replace(item, decider=decider),), views=())
    return assembled(odd)


def usual() -> Application:
    return assembled(domain)


class Silent(MemoryLog):
    """A hub that does not answer."""

    async def send(self, *_args: Any) -> None:
        raise LogUnavailable("no answer")


def silent() -> Application:
    async def mailbox() -> Log:
        return Silent(partitions=4)

    return replace(assembled(domain), mailbox=mailbox)


SCENARIOS: dict[str, tuple[int, Callable[[], Application], func.HttpRequest]] = {
    "malformed": (400, usual, post("receive-stock", b"{")),
    "idempotency-key": (400, usual, post(*RECEIVE, Idempotency_Key='"')),
    "not-found": (404, usual, post("steal-stock", {})),
    "conflict": (409, lambda: failing(Conflict("others", 7)), post(*RECEIVE)),
    "length-required": (411, usual, post("receive-stock", b"", Transfer_Encoding="chunked")),
    "precondition-failed": (412, usual, post(*RECEIVE, If_Match='"7"')),
    "too-large": (413, usual, post("receive-stock", b" " * (LARGEST_BODY + 1))),
    "event-too-large": (
        413,
        lambda: deciding(StockAdjusted(quantity=1, reason="x" * LIMITS.message)),
        post(*RECEIVE),
    ),
    "unsupported-media-type": (415, usual, post(*RECEIVE, Content_Type="text/plain")),
    "refused": (422, usual, post("reserve-stock", {"reservationId": "r", "quantity": 11})),
    "command-id-reused": (422, usual, post(*RECEIVE, Idempotency_Key="receive")),
    "number-too-large": (422, lambda: deciding(StockReceived(quantity=2**53)), post(*RECEIVE)),
    "store-refused": (422, lambda: failing(StoreRefused("too large")), post(*RECEIVE)),
    "unreadable-event": (
        500,
        lambda: deciding(StockAdjusted.model_construct(quantity="one", reason="x")),
        post(*RECEIVE),
    ),
    "stream-full": (507, lambda: failing(StreamFull("20 GB")), post(*RECEIVE)),
    "throttled": (429, lambda: failing(StoreThrottled("busy")), post(*RECEIVE)),
    "internal": (500, lambda: failing(BrokenStream("a hole")), post(*RECEIVE)),
    "outcome-unknown": (503, lambda: failing(OutcomeUnknown("lost")), post(*RECEIVE)),
    "log-unavailable": (503, silent, post(*RECEIVE, Prefer="respond-async")),
    "unavailable": (503, lambda: failing(StoreUnavailable("gone")), post(*RECEIVE)),
    "newer-code": (503, lambda: failing(NewerCode("no event is known")), post(*RECEIVE)),
    "unreadable-commit": (
        503,
        lambda: failing(UnreadableCommit(InvalidMessage("an item that is none"), 1, 1, 0)),
        post(*RECEIVE),
    ),
}


@pytest.mark.parametrize("code", SCENARIOS)
async def test_a_problem_is_told_with_its_status(code: str) -> None:
    status, make, request = SCENARIOS[code]
    application = make()
    if make is usual:
        await registered(application)

    response = await post_command(request, application)

    assert (response.status_code, told(response)["code"]) == (status, code)
    if status in {409, 429, 503}:
        assert int(response.headers["Retry-After"]) >= 1


@pytest.mark.parametrize("warm", [False, True])
async def test_a_stream_of_newer_code_takes_no_command_and_says_so(*, warm: bool) -> None:
    application = usual()
    await registered(application)
    newer = commit(3, RecordedEvent("StockMelted", 1, {}), stream=StreamName("item", "SKU1"))
    await application.store.append([newer])
    if not warm:
        application = assembled(domain, application.store)

    response = await post_command(post(*RECEIVE, Idempotency_Key="again"), application)

    assert (response.status_code, told(response)["code"]) == (503, "newer-code")
    assert "item/StockMelted/1" in told(response)["detail"]
    assert (await application.store.read(StreamName("item", "SKU1"), limit=9)).commits[-1] == newer


def test_a_problem_passes_through_whatever_is_open() -> None:
    @contextmanager
    def opened() -> Iterator[None]:
        yield

    with pytest.raises(Problem), opened():
        raise malformed("no")


def test_every_documented_problem_is_told_and_every_told_problem_is_documented() -> None:
    told_to_operators = {"still-poisonous"}  # see tests/consumers/test_operations.py
    told_to_senders = {
        "unauthenticated",
        "not-admitted",
        "keys-unavailable",
        "gone",
    }  # see tests/consumers/webhooks
    # see tests/roles/test_methods.py and test_negotiation.py
    told_by_triggers = {"method-not-allowed", "not-acceptable"}
    # see test_forbidden.py, test_actor_tokens.py and test_scheduling.py
    told_to_actors = {"forbidden", "handed-over"}
    told_to_readers = {"superseded"}  # see tests/roles/test_feeds.py
    elsewhere = (
        told_to_operators | told_to_senders | told_to_actors | told_by_triggers | told_to_readers
    )
    assert SCENARIOS.keys() | elsewhere == DOCUMENTED
