"""The durable mailbox: commands that wait in the hub are handled one at a time per stream, in order."""

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.kernel.commit import timestamp
from shared.kernel.delivery.parking import Parked, Suspecting, unreadable_message
from shared.kernel.dispatcher import Dispatcher
from shared.kernel.domain import Domain
from shared.kernel.errors import (
    CommandIdReused,
    InvalidMessage,
    OnewriteError,
    PassedOver,
    Poison,
)
from shared.kernel.final_outcome import failed, final
from shared.kernel.outcome import Accepted, Outcome
from shared.kernel.patience import patiently
from shared.kernel.ports import Outcomes, Parking
from shared.kernel.request import CommandRequest
from shared.kernel.stream import StreamName
from shared.kernel.waiting_command import WaitingCommand, request_of, stream_of

CONSUMER = "mailbox"
STREAMS_AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class DurableMailbox:
    """Hands waiting commands to the dispatcher, and keeps what leaves no commit."""

    domain: Domain
    dispatcher: Dispatcher
    outcomes: Outcomes
    parking: Parking
    now: Callable[[], datetime]
    pause: Callable[[int], Awaitable[None]]

    async def handle(self, bodies: Iterable[bytes]) -> None:
        """Handle a batch; raises what may go well later: the batch comes again, and finds what is done already."""
        streams: dict[str, list[WaitingCommand]] = defaultdict(list)
        for body in bodies:
            try:
                waiting, stream = stream_of(body)
                streams[str(stream)].append(waiting)
            except InvalidMessage as error:
                found = timestamp(self.now())
                await self.parking.park(unreadable_message(CONSUMER, body, error, found))
        gate = asyncio.Semaphore(STREAMS_AT_ONCE)
        handled = [self._in_order(waiting, gate) for waiting in streams.values()]
        results = await asyncio.gather(*handled, return_exceptions=True)
        errors = [result for result in results if isinstance(result, BaseException)]
        if errors:
            raise BaseExceptionGroup("not every command was handled", errors)

    async def replay(self, stream: StreamName, version: int) -> int:
        """Handle a parked command again, or let it fail for good if it was skipped; raises Poison."""
        decided = await self.parking.decisions(CONSUMER, str(stream))
        parked = await self.parking.find(CONSUMER, str(stream))
        if parked is not None:
            waiting = WaitingCommand.model_validate(parked.marker.envelope)
            if decided[-1].action == "skip":
                skipped = PassedOver(f"An operator passed it over: {decided[-1].reason}")
                await self.outcomes.write(failed(waiting.stream, waiting.command_id, skipped))
            else:
                await self._decide(waiting)
        return version

    async def _in_order(self, commands: Sequence[WaitingCommand], gate: asyncio.Semaphore) -> None:
        async with gate:
            for waiting in commands:
                await self._handle(waiting)

    async def _handle(self, waiting: WaitingCommand) -> None:
        """Decide a command, or park it alone: its client was told that it is taken, and newer code may know it."""
        try:
            await self._decide(waiting)
        except Poison as poison:
            await self.parking.park(
                Parked(
                    consumer=CONSUMER,
                    stream=poison.stream,
                    version=poison.version,
                    last_seen=poison.version,
                    error=str(poison),
                    time=timestamp(self.now()),
                    envelope=waiting.model_dump(mode="json", by_alias=True, exclude_none=True),
                    traceparent=waiting.metadata.traceparent,
                )
            )

    async def _decide(self, waiting: WaitingCommand) -> None:
        """Decide a command, unless it has its outcome; keep the outcome before the checkpoint is taken.

        Raises Poison for a command that this code does not know, or what may go well later.
        """
        stream, command_id = waiting.stream, waiting.command_id
        if await self._patiently(lambda: self.outcomes.read(stream, command_id)) is not None:
            return
        with Suspecting(_name(waiting), 1):
            request = request_of(waiting, self.domain)
        try:
            outcome = await self._patiently(lambda: self._dispatch(request))
        except CommandIdReused:
            # The id has its outcome: that of the command that came first.
            return
        except Exception as error:
            if isinstance(error, OnewriteError) and error.transient:
                raise
            kept = failed(stream, command_id, error)
        else:
            if isinstance(outcome, Accepted):
                return
            kept = final(request, outcome)
        await self._patiently(lambda: self.outcomes.write(kept))

    async def _dispatch(self, request: CommandRequest) -> Outcome:
        return await self.dispatcher.dispatch(request)

    async def _patiently[T](self, work: Callable[[], Awaitable[T]]) -> T:
        return await patiently(work, self.pause)


def _name(waiting: WaitingCommand) -> str:
    # Each command is parked for itself: those behind it go on.
    named = f"{waiting.stream} {waiting.command_id}".encode()
    return f"waiting-{hashlib.sha256(named).hexdigest()[:32]}"
