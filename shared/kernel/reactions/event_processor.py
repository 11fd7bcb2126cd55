"""The event processor: an event to its many handlers, in order or in parallel."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable

from shared.kernel.messages.envelope import Envelope
from shared.kernel.messages.message import Event, type_name

type Handler = Callable[[Envelope, Event], Awaitable[None]]


class EventProcessor:
    """Events are broadcast: a type has any number of handlers, and none is no error.

    One handler's failure does not hide another's: all run, and what they raise comes back together.
    """

    def __init__(self, *, in_order: bool = False) -> None:
        self._in_order = in_order
        self._handlers: dict[type[Event], list[Handler]] = defaultdict(list)

    def register(self, event: type[Event], handler: Handler) -> None:
        """Add a handler of an event type, behind those that it has."""
        self._handlers[event].append(handler)

    async def process(self, envelope: Envelope, event: Event) -> None:
        """Hand an event to all its handlers; raises an ExceptionGroup of what they raised."""
        handlers = self._handlers.get(type(event), ())
        runs = [_error(handler, envelope, event) for handler in handlers]
        # A task for a single handler would buy nothing.
        one_by_one = self._in_order or len(runs) == 1
        results = [await run for run in runs] if one_by_one else await asyncio.gather(*runs)
        errors = [error for error in results if error is not None]
        if errors:
            raise ExceptionGroup(f"{type_name(type(event))} {envelope.id}", errors)


async def _error(handler: Handler, envelope: Envelope, event: Event) -> Exception | None:
    try:
        await handler(envelope, event)
    except Exception as error:  # noqa: BLE001 - raised again, beside those of the other handlers
        return error
    return None
