"""From items of the change feed to messages of the log: per stream in the order of versions."""

from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime

from shared.adapters.error_log import tell
from shared.adapters.names import SINGLE_PUBLISHER
from shared.kernel.delivery.operator_decisions import park_first, skips
from shared.kernel.delivery.parking import RELEASE_TIME, Parked, marker_of, unfinished
from shared.kernel.delivery.side_by_side import side_by_side
from shared.kernel.delivery.stream_pages import pages
from shared.kernel.errors import ConfigurationError, InvalidMessage, Poison
from shared.kernel.messages.commit import Commit, timestamp
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import EventReader, Log, Parking
from single_publisher.messages import Message, by_partition, messages, rewritten, sort_out


@dataclass(frozen=True, slots=True)
class Publisher:
    """The only writer to the log, apart from consumers that send again what the log has lost."""

    log: Log
    store: EventReader
    parking: Parking
    now: Callable[[], datetime]

    async def publish(self, documents: str) -> None:
        """Send the events of a batch of items, partitions in parallel; raises what log and parking raise.

        After an error the platform gives the whole batch again: consumers drop what comes twice. Raises
        ConfigurationError, and sends and parks nothing, when the trigger has changed what it brings.
        """
        found, poisons = sort_out(documents, self.log.largest)
        if poisons:
            await self._check_times(documents)
            streams = {poison.stream for poison in poisons}
            skipped = {
                one: (await skips(self.parking, SINGLE_PUBLISHER, one)).keys() for one in streams
            }
            found, poisons = sort_out(documents, self.log.largest, skipped)
        streams = {message.stream for message in found} | {poison.stream for poison in poisons}
        held = dict(await self.parking.held(SINGLE_PUBLISHER, streams))
        for poison in poisons:
            held[poison.stream] = min(poison.version, held.get(poison.stream, poison.version))
            await self.park(poison)
        for stream, version in held.items():
            behind = [m.version for m in found if m.stream == stream and m.version >= version]
            # A stream that has been released meanwhile is published.
            if behind and await self.parking.seen(SINGLE_PUBLISHER, stream, max(behind)):
                found = [m for m in found if m.stream != stream or m.version < version]
        await self._send(found)

    async def _check_times(self, documents: str) -> None:
        """Raise ConfigurationError when the trigger has written a time otherwise than the store holds it.

        It would have changed dates in the data as well: nothing of such a batch may leave, and nobody is to blame.
        """
        for stream, version in rewritten(documents):
            try:
                found = await self.store.read(StreamName.parse(stream), version - 1, limit=1)
            except InvalidMessage:
                # It is stored so, and poison like any other.
                continue
            # Another may stand behind one that nobody can read.
            if any(one.first == version for one in found.commits):
                raise ConfigurationError(
                    f"the time of {stream}@{version} is not as it is stored: in host.json,"
                    " extensions.cosmosDB.serializerSettings.dateParseHandling must be 'None', which the"
                    " extension of Cosmos DB obeys from 4.9 on"
                )

    async def replay(
        self, stream: StreamName, version: int, end: datetime | None = None
    ) -> int | Parked:
        """Send a stream from a version to its tail, and give the tail's version, or a marker if time is up before.

        Raises Poison for what can never be sent, when everything before it is.
        """
        skipped = (await skips(self.parking, SINGLE_PUBLISHER, str(stream))).keys()
        reached = version - 1
        async with aclosing(pages(self.store, stream, reached, skipped)) as found:
            async for commits in found:
                now = self.now()
                if end is not None and reached >= version and now >= end:
                    return unfinished(SINGLE_PUBLISHER, str(stream), reached + 1, timestamp(now))
                await self._replay_page(commits, skipped)
                reached = commits[-1].version
        return reached

    async def _replay_page(self, commits: Sequence[Commit], skipped: AbstractSet[int]) -> None:
        found: list[Message] = []
        try:
            for commit in commits:
                found += messages(commit, self.log.largest, skipped)
        finally:
            await self._send(found)

    async def release(self, marker: Parked) -> int | Parked:
        """Send what a marker holds back; returns the tail, or the marker that the stream stays parked at."""
        try:
            stream, end = StreamName.parse(marker.stream), self.now() + RELEASE_TIME
            return await self.replay(stream, marker.version, end)
        except Poison as poison:
            return self._marker(poison)

    async def park(self, poison: Poison) -> None:
        """Hold a stream back from an event on."""
        where = f"{poison.stream}@{poison.version}"
        tell(f"{SINGLE_PUBLISHER} cannot handle {where}", poison)
        await park_first(self._marker(poison), self.parking)

    def _marker(self, poison: Poison) -> Parked:
        return marker_of(SINGLE_PUBLISHER, poison, timestamp(self.now()))

    async def _send(self, found: Iterable[Message]) -> None:
        spread = by_partition(found, self.log.partitions)
        sends = [self.log.send(partition, bodies) for partition, bodies in spread.items()]
        # One partition's failure must not cut short what another is sending.
        _, errors = await side_by_side(sends)
        if errors:
            raise BaseExceptionGroup("not every partition took its events", errors)
