"""The durable mailbox: commands that wait in the hub are handled one at a time per stream, in order."""

import hashlib
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from consumers.delivery import Arrival, Delivery, Run
from shared.adapters.error_log import tell
from shared.adapters.names import MAILBOX
from shared.kernel.commands.dispatcher import Dispatcher
from shared.kernel.commands.outcome import Accepted, FinalOutcome, failed, final
from shared.kernel.commands.queued_command import QueuedCommand, request_of, stream_of, waiting_in
from shared.kernel.commands.request import CommandRequest
from shared.kernel.delivery.parking import Parked
from shared.kernel.delivery.retry import Attempts, retrying
from shared.kernel.domain import Domain
from shared.kernel.errors import (
    BrokenStream,
    CommandIdReused,
    InvalidMessage,
    PassedOver,
    UnknownMessage,
    may_pass,
)
from shared.kernel.ports import Outcomes, Parking


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Hands waiting commands to the dispatcher, and keeps what leaves no commit."""

    domain: Domain
    dispatcher: Dispatcher
    outcomes: Outcomes
    parking: Parking
    now: Callable[[], datetime]
    pause: Callable[[int], Awaitable[None]]

    async def handle(self, bodies: Iterable[bytes], attempts: Attempts | None = None) -> None:
        """Handles a batch; raises a group of what may go well later: what comes again finds what is done."""
        await self._delivery.take(bodies, command_in, attempts)

    async def replay(self, marker: Parked) -> int | Parked:
        """Handles a parked command again; returns its version, or the marker that it stays parked at."""
        waiting = waiting_in(marker.envelope or {})
        run = Run(marker.stream, {marker.version: waiting})
        return await self._delivery.replay(run) or marker.version

    @property
    def _delivery(self) -> Delivery[QueuedCommand, None]:
        # A command that comes again may be known by now: what is parked alone holds back nothing.
        return Delivery(
            *(MAILBOX, self.parking, self.now, _shown), self._handle, heeds_markers=False
        )

    async def _handle(self, run: Run[QueuedCommand]) -> None:
        """Decide a command, or let it fail for good if an operator passed it over."""
        for waiting in run.messages:
            await self._decide(waiting)
        for version in run.skips.keys() & run.arrived.keys():
            waiting, reason = run.arrived[version], run.skips[version].reason
            skipped = PassedOver(f"An operator passed it over: {reason}")
            kept = _failed(waiting, skipped)
            await retrying(self.pause, self.outcomes.write, kept)

    async def _decide(self, waiting: QueuedCommand) -> None:
        """Decide a command, unless its id has an outcome or it is cancelled: of the two, one is first.

        Raises InvalidMessage, UnknownMessage, BrokenStream for one that this code does not know or whose stream it
        cannot read, or what may go well later.
        """
        stream, command_id = waiting.stream, waiting.command_id
        if await retrying(self.pause, self.outcomes.read, stream, command_id) is not None:
            return
        request = request_of(waiting, self.domain)
        asked = stream, command_id, waiting.digest
        if await retrying(self.pause, self.outcomes.fate, *asked, "decided") == "cancelled":
            return
        kept = await self._kept(waiting, request)
        if kept is not None:
            await retrying(self.pause, self.outcomes.write, kept)

    async def _kept(self, waiting: QueuedCommand, request: CommandRequest) -> FinalOutcome | None:
        """Decide a command; returns what is to be kept before the checkpoint is taken: nothing behind a commit.

        Another command under the id is not decided: its status URL tells that the outcome has another digest.
        """
        try:
            outcome = await retrying(self.pause, self.dispatcher.dispatch, request)
        except CommandIdReused:
            # The id has its outcome: that of the command that came first.
            return None
        except (InvalidMessage, UnknownMessage, BrokenStream):
            # Not for the command to fail: it waits for whoever can read its stream.
            raise
        except Exception as error:
            if may_pass(error):
                raise
            tell(f"{waiting.stream}: command '{waiting.command_id}' fails for good", error)
            return _failed(waiting, error)
        return None if isinstance(outcome, Accepted) else final(request, outcome)


def command_in(body: bytes) -> Arrival[QueuedCommand]:
    """Reads a message of the mailbox, which parks itself alone: those behind it go on; raises InvalidMessage."""
    waiting, stream = stream_of(body)
    # Another command under the same id is parked apart.
    named = f"{waiting.stream} {waiting.command_id} {waiting.digest}".encode()
    name = f"waiting-{hashlib.sha256(named).hexdigest()[:32]}"
    return Arrival(str(stream), name, 1, waiting)


def _failed(waiting: QueuedCommand, error: Exception) -> FinalOutcome:
    actor = waiting.metadata.actor
    return failed(waiting.stream, waiting.command_id, waiting.digest, actor, error)


def _shown(waiting: QueuedCommand) -> Mapping[str, Any]:
    """Give all of a command, which nobody else keeps, and its trace where every message has it."""
    shown = waiting.model_dump(mode="json", by_alias=True, exclude_none=True)
    return {**shown, "traceparent": waiting.metadata.traceparent}
