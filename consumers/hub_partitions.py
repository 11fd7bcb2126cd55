"""How many partitions a hub has, noted beside the places in them: with another number, places begin anew.

What was sent before the change is in other partitions than its streams belong to now. As long as the hub holds any
of it, the hub itself is asked in which partition a message is.
"""

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from consumers.delivery import Arrival
from shared.kernel.delivery.lag import place_of, progress_name
from shared.kernel.delivery.parking import other_partitions
from shared.kernel.delivery.partition import partition_of
from shared.kernel.delivery.retry import Pause, retrying
from shared.kernel.errors import InvalidMessage
from shared.kernel.messages.commit import timestamp
from shared.kernel.ports import LogReader, NumberedMessage, Parking, Progress, StoredPosition

_LOGGER = logging.getLogger(__name__)

NOTE = "partitions"
"""The name of the note, where places have the number of their partition."""


@dataclass(slots=True)
class HubPartitions:
    """The partitions that a consumer's places are of.

    `sent_before` has the last number in each partition of what was sent before there were so many.
    """

    consumer: str
    partitions: int
    progress: Progress
    parking: Parking
    now: Callable[[], datetime]
    pause: Pause
    read: Callable[[bytes], Arrival[Any]]
    moved_to: str = ""
    sent_before: Sequence[int] = ()

    async def check(self, hub: LogReader) -> None:
        """Compare the hub with what was noted; begins anew where it has got another number of partitions."""
        note = await retrying(self.pause, self.progress.find, self._name)
        if note is None:
            await retrying(
                self.pause, self.progress.advance, self._name, str(self.partitions), None
            )
            return
        before, _, sent = note.position.partition(" ")
        if int(before) != self.partitions:
            await self._begin_anew(hub, int(before), note)
        elif sent:
            self.sent_before = [int(number) for number in sent.split()]

    async def _begin_anew(self, hub: LogReader, before: int, note: StoredPosition) -> None:
        """Go back to the first message of each partition, and note where what was sent before ends."""
        _LOGGER.error("%s: %d partitions were %d before", self.consumer, self.partitions, before)
        extents = await hub.extents()
        for partition, (first, _) in enumerate(extents):
            name = progress_name(self.consumer, partition, self.moved_to)
            # A host that runs on with the settings of before takes it for none of its own.
            await self._put(name, place_of(first - 1, self.partitions))
        marker = other_partitions(self.consumer, before, self.partitions, timestamp(self.now()))
        await self.parking.park(marker)
        self.sent_before = [last for _, last in extents]
        position = " ".join(map(str, [self.partitions, *self.sent_before]))
        # Of two hosts that begin anew one is first; both have put all places back.
        await retrying(self.pause, self.progress.advance, self._name, position, note.tag)

    async def _put(self, name: str, position: str) -> None:
        """Note a position, whoever notes another at the same time."""
        tag = None
        while tag is None:
            found = await retrying(self.pause, self.progress.find, name)
            known = found.tag if found is not None else None
            tag = await retrying(self.pause, self.progress.advance, name, position, known)

    async def of_batch(self, hub: LogReader, messages: Sequence[NumberedMessage]) -> int | None:
        """Tell in which partition a batch is; None where nothing tells."""
        likely = self._home_of(messages)
        return await self._found(hub, messages[-1], likely) if self.sent_before else likely

    async def _found(
        self, hub: LogReader, message: NumberedMessage, likely: int | None
    ) -> int | None:
        """Ask the hub in which partition a message is, in the likely one first."""
        extents = enumerate(await hub.extents())
        for partition, (first, last) in sorted(extents, key=lambda one: one[0] != likely):
            if first <= message.number <= last:
                found = await hub.read(partition, message.number - 1, 1)
                if message in found:
                    return partition
        return None

    def _home_of(self, messages: Sequence[NumberedMessage]) -> int | None:
        """Tell the partition by the streams in it: the platform's own word for it is not documented."""
        ends = {self._home(messages[0]), self._home(messages[-1])}
        if len(ends) == 1 and None not in ends:
            return ends.pop()
        homes = Counter(home for one in messages if (home := self._home(one)) is not None)
        return homes.most_common(1)[0][0] if homes else None

    def _home(self, message: NumberedMessage) -> int | None:
        try:
            return partition_of(self.read(message.body).lane, self.partitions)
        except InvalidMessage:
            return None

    async def settle(self, extents: Sequence[tuple[int, int]]) -> None:
        """Note that the hub holds nothing any more that was sent before it had so many partitions."""
        ends = zip(extents, self.sent_before, strict=True)
        if not self.sent_before or any(first <= last for (first, _), last in ends):
            return
        await self._put(self._name, str(self.partitions))
        self.sent_before = ()

    @property
    def _name(self) -> str:
        return progress_name(self.consumer, NOTE, self.moved_to)
