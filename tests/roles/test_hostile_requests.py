"""Whatever stands in a header, a query, a path or a body of any route is answered, and the fault is not ours."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable

import azure.functions as func
import pytest
import pytest_asyncio

import command_api.composition
import consumers.composition
import single_publisher.composition
from shared.adapters import telemetry, wiring
from shared.adapters.identity.actor import Actors
from shared.adapters.identity.entra_tokens import open_verifier
from tests.consumers.webhooks.tenant import tenant
from tests.functions import FUNCTIONS
from tests.roles.test_triggers import of
from tests.roles.wired import PARCEL, SECRET, Wired, placed, stocked
from tests.telemetry.worlds import World

type Ask = Callable[[func.HttpRequest], Awaitable[func.HttpResponse]]

# These two look at nothing of a request, and take a while.
ALIKE = {"openapi", "docs"}
ROUTES: dict[str, Ask] = {
    name: FUNCTIONS[name].get_user_function() for name in of("httpTrigger") - ALIKE
}
# Each is a text that some reader of some part of a request might choke on: no UTF-8, no end, no number of ours.
NASTY = [
    *("\ud800", "a\udfffb", "\0", "a\0b", "a\r\nb", "", " ", "x" * 100_000, "9" * 5_000),
    *("٣", "١٢", "é.é.é", "e30.e30.e30", "[" * 5_000, '{"a":' * 5_000, "%ff", "..", "*"),
    *('"\ud800"', '"٣"', "item-\ud800", "item-٣", "item-TEA@\ud800", "item-TEA@٣"),
    *("projections/\ud800", "projections/\0", "wait=٣", 'wait="\ud800"', "a*=utf-8''%ff"),
]
BEARERS = [f"Bearer {text}" for text in ("\ud800", "\ud800.e30.e30", "e30.e30.\udfff", "x" * 9_000)]
HEADERS = [
    *("content-type", "content-encoding", "accept", "prefer", "authorization", "traceparent"),
    *("correlation-id", "idempotency-key", "if-match", "if-none-match", "host", "\ud800"),
    *("x-ms-client-principal-id", "webhook-secret", "webhook-request-origin", "aeg-event-type"),
    *("aeg-subscription-name", "ce-specversion", "ce-id", "ce-source", "ce-type", "ce-time"),
]
BINARY = {"ce-specversion": "1.0", "ce-id": "1", "ce-source": "/s", "ce-type": "t"}
PARAMS = [
    *("after", "at", "version", "command-id", "digest", "sort", "limit", "at-least", "secret"),
    *("available", "available.from", "name", "consumer", "stream", "cursor", "\ud800"),
]
KNOWN = {"outcome": {"command-id": "x"}, "view_list": {"sort": "available"}}
NAMED = {
    "category": "item",
    "id": "TEA",
    "command": "register-item",
    "stream": "item-TEA",
    "view": "stock",
    "key": "TEA",
    "consumer": "projections",
    "feed": "shop",
    "partition": "0",
    "page": "1-1",
    "file": "docs.js",
}
DECISION: dict[str, object] = {"by": "x", "reason": "x", "from": 1}
BODIES: dict[str, dict[str, object]] = {
    "command": {"name": "x", "reorderPoint": 1},
    "webhook": {**PARCEL},
    "release_parked": DECISION,
    "skip_parked": DECISION,
    "publisher_release": DECISION,
    "publisher_skip": DECISION,
}


@pytest_asyncio.fixture
async def watched(wired: Wired, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Wired]:
    """The functions with all that looks at requests: callers who are signed in, tokens, telemetry."""
    world = World()
    async with tenant() as keys:
        verify = open_verifier(keys.settings)
        who = Actors(signs_in=True, verify=verify)
        for role in (command_api.composition, consumers.composition, single_publisher.composition):
            monkeypatch.setattr(role, "actors", lambda: who)
        monkeypatch.setattr(wiring, "token_verifier", lambda: verify)
        monkeypatch.setattr(telemetry, "watcher", lambda: world.watcher)
        await stocked(wired)
        await placed(wired)
        yield wired


async def check(
    route: str,
    params: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
    named: dict[str, str] | None = None,
    body: bytes | None = None,
) -> None:
    """Ask without the time to wait for anything; no answer is our fault, nor the store's."""
    content = json.dumps(BODIES.get(route, {})).encode() if body is None else body
    asked = func.HttpRequest(
        "POST" if route in BODIES else "GET",
        "/api",
        headers={"content-type": "application/json", "prefer": "wait=0", **(headers or {})},
        params=params or {},
        route_params={**NAMED, **(named or {})},
        body=content,
    )
    answer = await ROUTES[route](asked)
    status = answer.status_code
    assert status < 500, (params, headers, named, content[:100], answer.get_body())
    if status >= 400 and (status, route) != (403, "webhook"):
        problem = json.loads(answer.get_body())
        assert (answer.mimetype, problem["status"]) == ("application/problem+json", status)
        assert len(answer.get_body()) < 2_000, "a problem repeats what it was asked"


@pytest.mark.parametrize("route", sorted(ROUTES))
async def test_whatever_a_header_holds_is_answered(route: str, watched: Wired) -> None:  # noqa: ARG001 - it wires
    for header in HEADERS:
        known = {} if header == "authorization" else {"webhook-secret": SECRET}
        known |= BINARY if header.startswith("ce-") else {}
        for value in (*NASTY, *BEARERS):
            await check(route, headers={**known, header: value})


@pytest.mark.parametrize("route", sorted(ROUTES))
async def test_whatever_a_query_or_a_path_holds_is_answered(route: str, watched: Wired) -> None:  # noqa: ARG001 - it wires
    for value in NASTY:
        for param in PARAMS:
            await check(route, {**KNOWN.get(route, {}), param: value})
        for name in NAMED:
            await check(route, named={name: value})


@pytest.mark.parametrize("route", BODIES)
async def test_whatever_a_body_holds_is_answered(route: str, watched: Wired) -> None:  # noqa: ARG001 - it wires
    members = BODIES[route]
    for value in NASTY:
        bodies = [value.encode("utf-8", "surrogatepass"), json.dumps({value: 1}).encode()]
        bodies += [json.dumps({**members, name: value}).encode() for name in members]
        bodies += [json.dumps({**members, "data": {"orderId": value}}).encode()]
        for body in bodies:
            await check(route, headers={"webhook-secret": SECRET}, body=body)
    for number in (b"1e999", b"9" * 5_000, b"-0", b"1.0", b"NaN"):
        for name in members:
            body = json.dumps({**members, name: "#"}).encode().replace(b'"#"', number)
            await check(route, headers={"webhook-secret": SECRET}, body=body)
