"""Telemetry: spans, metrics and logs of OpenTelemetry, on if the settings name somebody who takes them.

Without that nothing is watched, wrapped or even imported: what is given comes back as it is.
"""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from typing import TYPE_CHECKING
from uuid import uuid4

from shared.adapters.settings import Exporters
from shared.kernel.commands.dispatcher import Handler
from shared.kernel.messages.trace_context import well_formed
from shared.kernel.ports import EventStore, Log, NumberedMessage, Parking

if TYPE_CHECKING:
    import azure.functions as func

    from shared.adapters.otel.watcher import Watcher


@cache
def watcher() -> "Watcher | None":
    """Give what watches this process, None when nobody takes what it sees."""
    exporters = Exporters.read()
    if not (exporters.otlp or exporters.application_insights):
        return None
    from shared.adapters.otel.exporting import open_watcher

    return open_watcher(exporters)


def request(
    req: "func.HttpRequest", route: str, answering: Awaitable["func.HttpResponse"]
) -> Awaitable["func.HttpResponse"]:
    """Watch the answering of a request; the route is its template, never what a client wrote."""
    watching = watcher()
    return answering if watching is None else _watched(watching, req, route, answering)


def trace_id(traceparent: str | None) -> str:
    """Give the id of the trace that a request is in: that of its span, else its client's, else a new one."""
    watching = watcher()
    if watching is not None:
        return watching.trace_id()
    known = well_formed(traceparent)
    return known.split("-")[1] if known else uuid4().hex


async def _watched(
    watching: "Watcher",
    req: "func.HttpRequest",
    route: str,
    answering: Awaitable["func.HttpResponse"],
) -> "func.HttpResponse":
    with watching.request(req.method, route, req.headers.get("traceparent")) as span:
        answer = await answering
        span.set_attribute("http.response.status_code", answer.status_code)
        return answer


def admitted(traceparent: str | None) -> str | None:
    """Decide whether a trace that comes from outside is kept: whoever sends it does not."""
    watching = watcher()
    return traceparent if watching is None else watching.admitted(traceparent)


def here(traceparent: str | None) -> str | None:
    """Give the span that runs now to what is sent on; without anybody who watches, what came."""
    watching = watcher()
    return traceparent if watching is None else (watching.here() or traceparent)


def commands(handle: Handler) -> Handler:
    """Watch the commands that a handler takes; what they write carries their own span from then on."""
    watching = watcher()
    if watching is None:
        return handle
    from shared.adapters.otel.commands import watched

    return watched(handle, watching)


def handling(stage: str, messages: Sequence[NumberedMessage]) -> AbstractContextManager[None]:
    """Watch the handling of a batch of messages of the log: a span in the trace of each of them."""
    watching = watcher()
    if watching is None:
        return nullcontext()
    from shared.adapters.otel.messages import handled

    return handled(stage, messages, watching)


def failures(stage: str, met: Callable[[], str] = lambda: "") -> AbstractContextManager[None]:
    """Count and log what a stage fails on, where it takes something else than messages of the log."""
    watching = watcher()
    return nullcontext() if watching is None else watching.failures(stage, met)


def store(made: EventStore) -> EventStore:
    """Watch a store: its writes, its collisions, what it charges."""
    watching = watcher()
    if watching is None:
        return made
    from shared.adapters.otel.store import WatchedStore

    return WatchedStore(made, watching)


def log(made: Log) -> Log:
    """Watch what is sent to the log."""
    watching = watcher()
    if watching is None:
        return made
    from shared.adapters.otel.messages import WatchedLog

    return WatchedLog(made, watching)


def parking(made: Parking) -> Parking:
    """Watch what is parked."""
    watching = watcher()
    if watching is None:
        return made
    from shared.adapters.otel.parking import WatchedParking

    return WatchedParking(made, watching)


def record(metric: str, value: float, **attributes: str) -> None:
    """Record a value in one of the histograms of `watching.names`."""
    watching = watcher()
    if watching is not None:
        watching.record(metric, value, attributes)


def count(metric: str, amount: int = 1, **attributes: str) -> None:
    """Add to one of the counters of `watching.names`."""
    watching = watcher()
    if watching is not None:
        watching.add(metric, amount, attributes)
