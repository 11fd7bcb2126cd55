"""What all triggers of a kind share; each hands over to a plain function that knows nothing of the platform."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import azure.functions as func

from shared.adapters import telemetry
from shared.adapters.http.answering import answered
from shared.adapters.http.conditions import conditional
from shared.adapters.http.cors import readable
from shared.adapters.http.methods import Routes
from shared.adapters.http.negotiation import JSON, chosen
from shared.adapters.otel.metric_names import TIMER_RUNS

ROUTES = Routes()
"""What the functions of this process serve."""
_SAFE = frozenset({"GET", "HEAD"})
VARY = "Accept, Origin, Prefer"
"""What an answer may depend on: its form, how long it waited, whether it is counted (RFC 7240, section 2)."""

type Handler = Callable[[func.HttpRequest], Awaitable[func.HttpResponse]]
type Run = Callable[[], Awaitable[None]]


def http_function(
    blueprint: func.Blueprint,
    route: str,
    methods: Sequence[str],
    auth_level: func.AuthLevel = func.AuthLevel.FUNCTION,
    offers: Sequence[str] = (JSON,),
) -> Callable[[Handler], Handler]:
    """Declare a function on a route: whatever it raises is answered as a problem.

    Where there is GET, there is HEAD, too (RFC 9110, section 9.1), and conditions are looked at. Who takes none of
    the `offers` is told so before anything is done; without offers, nobody asks what a client accepts.
    """
    served = [*methods, "HEAD"] if "GET" in methods else list(methods)
    ROUTES.add(route, served)

    def declare(handle: Handler) -> Handler:
        serve = _conditional(handle) if "GET" in methods else handle

        async def answer(req: func.HttpRequest) -> func.HttpResponse:
            headers = req.headers
            # Asked for as it is, a header that is missing raises inside of `get`: most are missing.
            chooses = offers and "accept" in headers
            answering = _negotiated(serve, req, offers) if chooses else serve(req)
            answering = answered(answering, headers, handle.__name__)
            answer = await telemetry.request(req, route, answering)
            return readable(answer) if "origin" in headers else answer

        trigger = blueprint.route(route, methods=served, auth_level=auth_level)
        trigger(named(answer, handle))
        return handle

    return declare


async def _negotiated(
    serve: Handler, req: func.HttpRequest, offers: Sequence[str]
) -> func.HttpResponse:
    chosen(req.headers["accept"], offers)
    return await serve(req)


def _conditional(handle: Handler) -> Handler:
    async def show(req: func.HttpRequest) -> func.HttpResponse:
        if req.method not in _SAFE:
            return await handle(req)
        answer = conditional(req, await handle(req))
        answer.headers["Vary"] = VARY
        if req.method == "GET":
            return answer
        # RFC 9110, section 9.3.2: the same headers, and no content.
        return func.HttpResponse(
            status_code=answer.status_code, headers=dict(answer.headers), mimetype=answer.mimetype
        )

    return show


def timer_function(blueprint: func.Blueprint, schedule: str) -> Callable[[Run], Run]:
    """Declare a function that runs by the clock: its failures and its good ends are counted under its name."""

    def declare(run: Run) -> Run:
        async def ring(due: func.TimerRequest) -> None:  # noqa: ARG001 - the trigger's
            with telemetry.failures(run.__name__):
                await run()
            telemetry.count(TIMER_RUNS, stage=run.__name__)

        trigger = blueprint.timer_trigger("due", schedule=schedule, use_monitor=True)
        trigger(named(ring, run))
        return run

    return declare


def endless_retry(blueprint: func.Blueprint) -> Callable[..., Any]:
    """Have a batch that failed brought again for ever: the platform passes over what has no such policy."""
    retry: Callable[..., Any] = blueprint.retry(
        strategy="exponential_backoff",
        max_retry_count="-1",
        minimum_interval="00:00:01",
        maximum_interval="00:01:00",
    )
    return retry


def named[F: Callable[..., Any]](function: F, after: Callable[..., Any]) -> F:
    """Name a function after another: the platform knows it by its name, and reads its own parameters."""
    function.__name__, function.__doc__ = after.__name__, after.__doc__
    function.__module__ = after.__module__
    return function
