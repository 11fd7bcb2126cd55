"""Commands under watch: a span each, handed on with what is written; what they came to, and what they cost."""

from dataclasses import replace

from opentelemetry.trace import Span

from shared.adapters.otel.metric_names import COMMANDS
from shared.adapters.otel.watcher import Watcher, traceparent
from shared.kernel.commands.dispatcher import Handler
from shared.kernel.commands.outcome import Accepted, Outcome
from shared.kernel.commands.request import CommandRequest
from shared.kernel.errors import OnewriteError
from shared.kernel.messages.message import type_name


def watched(handle: Handler, watcher: Watcher) -> Handler:
    """Put a handler under watch."""

    async def handle_watched(request: CommandRequest) -> Outcome:
        kind = type_name(type(request.command))
        metadata = request.metadata
        with watcher.within(f"command {kind}", [metadata.traceparent], _about(request)) as span:
            followed = replace(metadata, traceparent=traceparent(span))
            try:
                outcome = await handle(replace(request, metadata=followed))
            except OnewriteError as error:
                watcher.add(COMMANDS, 1, {"command": kind, "outcome": error.code})
                raise
            _tell(span, outcome)
            watcher.add(COMMANDS, 1, {"command": kind, "outcome": _word(outcome)})
            return outcome

    return handle_watched


def _about(request: CommandRequest) -> dict[str, str | int]:
    about: dict[str, str | int] = {
        "onewrite.stream": str(request.stream),
        "onewrite.command_id": request.command_id,
        "onewrite.correlation_id": request.metadata.correlation_id,
    }
    if request.metadata.actor is not None:
        about["onewrite.actor"] = request.metadata.actor
    return about


def _tell(span: Span, outcome: Outcome) -> None:
    span.set_attribute("onewrite.outcome", _word(outcome))
    span.set_attribute("onewrite.version", outcome.version)
    span.set_attribute("onewrite.request_charge", outcome.charge)


def _word(outcome: Outcome) -> str:
    if isinstance(outcome, Accepted) and outcome.repeated:
        return "repeated"
    return type(outcome).__name__.lower()
