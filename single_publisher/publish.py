"""From items of the change feed to messages of the log: per stream in the order of versions."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.kernel.commit import timestamp
from shared.kernel.delivery.parking import Parked
from shared.kernel.errors import InvalidMessage, Poison
from shared.kernel.ports import EventReader, Log, Parking
from shared.kernel.stream import StreamName
from single_publisher.messages import Message, by_partition, messages, sort_out

CONSUMER = "single_publisher"


@dataclass(frozen=True, slots=True)
class Publisher:
    """The only writer to the log, apart from consumers that send again what the log has lost."""

    log: Log
    store: EventReader
    parking: Parking
    now: Callable[[], datetime]

    async def publish(self, documents: str) -> None:
        """Send the events of a batch of items, partitions in parallel; raises what log and parking raise.

        After an error the platform gives the whole batch again: consumers drop what comes twice.
        """
        found, poisons = sort_out(documents, self.log.largest)
        held = {marker.stream: marker.version for marker in await self.parking.parked(CONSUMER)}
        for poison in poisons:
            held.setdefault(poison.stream, poison.version)
            await self.park(poison)
        for stream, version in held.items():
            behind = [m.version for m in found if m.stream == stream and m.version >= version]
            if behind:
                await self.parking.park(self._marker(stream, version, "", max(behind)))
        if held:
            found = [m for m in found if m.version < held.get(m.stream, m.version + 1)]
        await self._send(found)

    async def replay(self, stream: StreamName, version: int) -> int:
        """Send a stream from a version to its tail, and give the tail's version; raises Poison."""
        skipped = {
            decision.version
            for decision in await self.parking.decisions(CONSUMER, str(stream))
            if decision.action == "skip"
        }
        try:
            commits = (await self.store.read(stream, version - 1)).commits
        except InvalidMessage as error:
            raise Poison(str(stream), version, error) from error
        found = [m for commit in commits for m in messages(commit, self.log.largest, skipped)]
        await self._send(found)
        return commits[-1].version if commits else version - 1

    async def _send(self, found: Iterable[Message]) -> None:
        spread = by_partition(found, self.log.partitions)
        sends = [self.log.send(partition, bodies) for partition, bodies in spread.items()]
        # One partition's failure must not cut short what another is sending.
        results: Sequence[BaseException | None] = await asyncio.gather(
            *sends, return_exceptions=True
        )
        errors = [result for result in results if isinstance(result, BaseException)]
        if errors:
            raise BaseExceptionGroup("not every partition took its events", errors)

    async def park(self, poison: Poison) -> None:
        """Hold a stream back from an event on."""
        marker = self._marker(poison.stream, poison.version, str(poison), poison.version)
        await self.parking.park(marker)

    def _marker(self, stream: str, version: int, error: str, last_seen: int) -> Parked:
        return Parked(CONSUMER, stream, version, last_seen, error, timestamp(self.now()))
