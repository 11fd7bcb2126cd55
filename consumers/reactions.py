"""Reactions: what events cause is dispatched, under ids that let a redelivered event cause nothing new."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from consumers.streams import Streams
from shared.kernel.delivery.parking import Suspecting
from shared.kernel.domain import Domain
from shared.kernel.envelope import Envelope
from shared.kernel.errors import OnewriteError, Poison, ReactionFailed
from shared.kernel.event_processor import EventProcessor
from shared.kernel.ports import EventStore, Parking
from shared.kernel.reactions import event_of
from shared.kernel.stream import StreamName

CONSUMER = "reactions"


@dataclass(frozen=True, slots=True)
class Reactions:
    """Runs the receptors and the policies of a domain over the log; the rows of a rebuild never come by here."""

    domain: Domain
    processor: EventProcessor
    store: EventStore
    parking: Parking
    now: Callable[[], datetime]

    async def react(self, bodies: Iterable[bytes]) -> None:
        """Handle a batch of messages: each stream in order, some streams at once.

        Raises what may go well later: the batch comes again.
        """
        await self._streams.handle(bodies, self._process)

    async def replay(self, stream: StreamName, version: int) -> int:
        """React to a stream from a version to its tail, and give the tail's version; raises Poison."""
        return await self._streams.replay(stream, version, self._process)

    @property
    def _streams(self) -> Streams:
        return Streams(CONSUMER, self.store, self.parking, self.now)

    async def _process(self, envelope: Envelope) -> None:
        """Cause what an event causes; raises Poison, or what may go well later."""
        with Suspecting(envelope.subject, envelope.sequence):
            event = event_of(self.domain, envelope)
        try:
            await self.processor.process(envelope, event)
        except ExceptionGroup as group:
            failures = _leaves(group)
            later = [one for one in failures if isinstance(one, OnewriteError) and one.transient]
            if later:
                raise later[0] from group
            cause = failures[0] if len(failures) == 1 else ReactionFailed(_told(failures))
            raise Poison(envelope.subject, envelope.sequence, cause) from group


def _leaves(group: ExceptionGroup) -> list[Exception]:
    found: list[Exception] = []
    for error in group.exceptions:
        found += _leaves(error) if isinstance(error, ExceptionGroup) else [error]
    return found


def _told(failures: Sequence[Exception]) -> str:
    return "; ".join(f"{type(one).__name__}: {one}" for one in failures)
