"""Events of others become commands: each once, whoever brings it and however often."""

import asyncio
import hashlib
from base64 import b64encode
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from pydantic_core import to_json

from consumers.webhooks.deliveries import parse, read
from shared.kernel.commit import timestamp
from shared.kernel.delivery.parking import Parked, fits
from shared.kernel.dispatcher import Dispatcher
from shared.kernel.domain import Domain
from shared.kernel.errors import (
    InvalidMessage,
    OnewriteError,
    OutcomeUnknown,
    Poison,
    ReactionFailed,
)
from shared.kernel.message import type_name
from shared.kernel.outcome import Refused
from shared.kernel.outside_event import OutsideEvent
from shared.kernel.patience import patiently
from shared.kernel.ports import Parking
from shared.kernel.request import CommandRequest
from shared.kernel.stream import StreamName

CONSUMER = "webhooks"
AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class Webhooks:
    """Hands events of others to the receptors that are bound to their types; other types are nobody's business."""

    domain: Domain
    dispatcher: Dispatcher
    parking: Parking
    now: Callable[[], datetime]
    pause: Callable[[int], Awaitable[None]]

    async def handle(self, events: Sequence[OutsideEvent]) -> None:
        """Handle all events of a delivery; raises what may go well later: the delivery comes again.

        What can never go well is parked, with the whole event: it is neither lost nor sent again in vain.
        """
        gate = asyncio.Semaphore(AT_ONCE)
        results = await asyncio.gather(
            *(self._handle(event, gate) for event in events), return_exceptions=True
        )
        for result in results:
            if isinstance(result, BaseException):
                raise result

    async def take(self, body: bytes) -> None:
        """Handle what nobody can be told that it is unreadable: it is parked then, as a text."""
        try:
            events = parse({}, body)
        except InvalidMessage as error:
            await self._park(_name(body), error, {"body": body.decode()})
        else:
            await self.handle(events)

    async def replay(self, stream: StreamName, version: int) -> int:
        """Handle a parked event again, unless it was skipped; raises Poison."""
        decided = await self.parking.decisions(CONSUMER, str(stream))
        parked = await self.parking.find(CONSUMER, str(stream))
        if parked is not None and parked.marker.envelope and decided[-1].action != "skip":
            try:
                await self._cause(read({"specversion": "1.0", **parked.marker.envelope}))
            except Exception as error:
                if _may_pass(error):
                    raise
                raise Poison(str(stream), version, error) from error
        return version

    async def _handle(self, event: OutsideEvent, gate: asyncio.Semaphore) -> None:
        async with gate:
            try:
                await self._cause(event)
            except Exception as error:
                if _may_pass(error):
                    raise
                await self._park(_name(event.key.encode()), error, _shown(event))

    async def _cause(self, event: OutsideEvent) -> None:
        time = timestamp(self.now())
        for receptor in self.domain.outside:
            if receptor.event_type == event.type:
                for request in receptor.commands(event, time):
                    await self._dispatch(request)

    async def _dispatch(self, request: CommandRequest) -> None:
        try:
            outcome = await patiently(lambda: self.dispatcher.dispatch(request), self.pause)
        except OSError as error:
            # Time that ran out, a connection that broke: nothing that the event has done.
            raise OutcomeUnknown(f"{request.stream}: {type(error).__name__}: {error}") from error
        if isinstance(outcome, Refused):
            command = type_name(type(request.command))
            sentence = outcome.refusal.sentence
            raise ReactionFailed(f"{command} to {request.stream} was refused: {sentence}")

    async def _park(self, stream: str, error: Exception, shown: Mapping[str, Any]) -> None:
        decided = await self.parking.decisions(CONSUMER, stream)
        if any(decision.action == "skip" for decision in decided):
            return
        await self.parking.park(
            Parked(
                consumer=CONSUMER,
                stream=stream,
                version=1,
                last_seen=1,
                error=f"{type(error).__name__}: {error}",
                time=timestamp(self.now()),
                envelope=shown,
                traceparent=shown.get("traceparent"),
            )
        )


def _may_pass(error: Exception) -> bool:
    return isinstance(error, OnewriteError) and error.transient


def _shown(event: OutsideEvent) -> dict[str, Any]:
    """Give all of an event, which nobody else keeps, so that it can be read again: encoded if it fits only so."""
    shown = {name: value for name, value in asdict(event).items() if value is not None}
    if fits(shown):
        return shown
    return {**shown, "data": None, "data_base64": b64encode(to_json(event.data)).decode()}


def _name(key: bytes) -> str:
    # Each event is parked for itself: others of its source need not wait for it.
    return f"outside-{hashlib.sha256(key).hexdigest()[:32]}"
