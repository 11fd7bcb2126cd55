"""A consumer's own place in each partition of a hub: what the platform passes over is read from the hub itself.

Sequence numbers of a hub have no holes: a batch that begins behind the next one tells that something is missing.
A hole in the versions of a stream is met where rows are folded, in shared/kernel/views/folding.py.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from consumers.delivery import Arrival
from consumers.hub_partitions import HubPartitions
from consumers.stored_events import event_in
from shared.kernel.delivery.lag import place_in, place_of, progress_name
from shared.kernel.delivery.parking import lost_messages
from shared.kernel.delivery.partition import check_partitions
from shared.kernel.delivery.retry import Attempts, Pause, retrying
from shared.kernel.delivery.side_by_side import side_by_side
from shared.kernel.errors import LogUnavailable
from shared.kernel.messages.commit import timestamp
from shared.kernel.ports import LogReader, NumberedMessage, Parking, Progress

PAGE = 100
"""So many messages are read at once, and handled as a batch."""
BATCH_SECONDS = 10.0
"""So long a batch tries again what may pass, before the platform has it come again later."""
HOLE_SECONDS = 120.0
"""So long one call reads what was passed over: the platform ends calls that take five minutes."""

_LOGGER = logging.getLogger(__name__)


class Place(NamedTuple):
    """The number up to which everything was handled, and the tag of the note of it; None before the first.

    `of` is how many partitions the hub has, where it has got others than it had at first.
    """

    number: int
    tag: str | None
    of: int | None = None


NOWHERE = -1
BEGINNING = Place(-1, None)
"""Nothing was ever handled: a consumer begins with what the hub still holds."""

type Handle = Callable[[Sequence[bytes], Attempts], Awaitable[None]]


@dataclass(slots=True)
class Follower:
    """Brings a consumer all that a hub holds: each partition in order and without a hole.

    The places are in the store, and remembered here: one conditional write a batch. `read` says what streams
    messages are of, `clock` is monotonic. The hub is asked for its partitions before the first message is handled.
    """

    consumer: str
    handle: Handle
    progress: Progress
    hub: Callable[[], Awaitable[LogReader]]
    parking: Parking
    partitions: int
    now: Callable[[], datetime]
    pause: Pause
    read: Callable[[bytes], Arrival[Any]] = event_in
    seconds: float = BATCH_SECONDS
    hole_seconds: float = HOLE_SECONDS
    clock: Callable[[], float] = time.monotonic
    moved_to: str = ""
    _places: dict[int, Place] = field(default_factory=dict)
    _unfinished: dict[int, tuple[int, int, Attempts]] = field(default_factory=dict)
    _looked: dict[int, tuple[int, float]] = field(default_factory=dict)
    _checked: LogReader | None = None
    _partitions: HubPartitions = field(init=False)

    def __post_init__(self) -> None:
        self._partitions = HubPartitions(
            *(self.consumer, self.partitions, self.progress, self.parking, self.now, self.pause),
            *(self.read, self.moved_to),
        )

    async def take(self, messages: Sequence[NumberedMessage]) -> None:
        """Handles a batch of one partition, and before it what the platform has passed over.

        Raises what may go well later: the batch is to come again. Raises ConfigurationError, and notes no place,
        when the hub has other partitions than the settings say.
        """
        partition = await self._partitions.of_batch(await self._hub(), messages)
        if partition is None:
            # Nobody can read any of it: the next message that somebody can tells where these were.
            await self._handle(NOWHERE, messages)
            return
        first = _unbroken(messages)
        if await self._reach(partition, first - 1, self.hole_seconds) < first - 1:
            raise LogUnavailable(f"partition {partition}: not all that was passed over is handled")
        await self._handle(partition, messages)
        await self._advance(partition, max(one.number for one in messages))

    async def catch_up(self, waited: timedelta) -> None:
        """Handles what the hub holds where nobody has brought anything of it for so long, look by look."""
        hub = await self._hub()
        extents = await hub.extents()
        looks = (self._catch_up(hub, *one, waited) for one in enumerate(extents))
        _, errors = await side_by_side(looks)
        if errors:
            raise BaseExceptionGroup(f"{self.consumer} has not caught up", errors)
        await self._partitions.settle(extents)

    async def _catch_up(
        self,
        hub: LogReader,
        partition: int,
        extent: tuple[int, int],
        waited: timedelta,
    ) -> None:
        place, (first, last) = await self._stored(partition), extent
        if place.number < first - 1:
            place = await self._leap(hub, partition, place, first - 1)
        if place.number == last:
            self._looked.pop(partition, None)
            return
        # No clock is compared with that of the hub: it may be wrong by more than anybody would wait.
        number, since = self._looked.get(partition, (NOWHERE - 1, 0.0))
        if number != place.number:
            self._looked[partition] = place.number, self.clock()
        elif place.number > last:
            await self._begin_anew(partition, place, first - 1)
        elif self.clock() - since >= waited.total_seconds():
            await self._reach(partition, last, self.hole_seconds)

    async def _begin_anew(self, partition: int, place: Place, number: int) -> None:
        """Go back to the beginning of a hub that was made anew: it counts its messages from 0."""
        name = progress_name(self.consumer, partition, self.moved_to)
        _LOGGER.error("%s, partition %d: the hub counts anew", self.consumer, partition)
        position = place_of(number, place.of)
        await retrying(self.pause, self.progress.advance, name, position, place.tag)
        self._places.pop(partition, None)

    async def _hub(self) -> LogReader:
        """Open the hub, once: a place noted under another number of partitions would be that of others."""
        if self._checked is None:
            hub = await self.hub()
            await hub.check(self.partitions)
            await self._partitions.check(hub)
            self._checked = hub
        return self._checked

    async def _reach(self, partition: int, number: int, seconds: float) -> int:
        """Handle what was passed over up to a number, for a while; gives the place that is reached."""
        end = asyncio.get_running_loop().time() + seconds
        place = self._places.get(partition, BEGINNING)
        if place.number < number:
            # Another owner may have been there meanwhile.
            place = await self._stored(partition)
        while place.number < number and asyncio.get_running_loop().time() < end:
            place = await self._fill(partition, place, number)
        return place.number

    async def _fill(self, partition: int, place: Place, number: int) -> Place:
        """Handle the next of what was passed over, as far as a number."""
        hub = await self._hub()
        found = await hub.read(partition, place.number, PAGE)
        messages = _next(found, place.number, number)
        if not messages:
            return await self._leap(hub, partition, place, number)
        _LOGGER.warning(
            *("%s, partition %d: %d to %d were passed over", self.consumer, partition),
            *(messages[0].number, messages[-1].number),
        )
        await self._handle(partition, messages)
        return await self._advance(partition, messages[-1].number)

    async def _leap(self, hub: LogReader, partition: int, place: Place, number: int) -> Place:
        """Go on behind what the hub holds no longer; what was never handled is parked, for somebody to see."""
        begin = (await hub.extents())[partition][0]
        if begin <= place.number + 1:
            raise LogUnavailable(f"partition {partition}: {place.number + 1} did not come")
        reached = min(begin - 1, number)
        if place.tag is not None:
            gone = place.number + 1, reached
            lost = lost_messages(self.consumer, partition, *gone, timestamp(self.now()))
            await self.parking.park(lost)
            _LOGGER.error("%s, partition %d: %d to %d are lost", self.consumer, partition, *gone)
        return await self._advance(partition, reached)

    async def _handle(self, partition: int, messages: Sequence[NumberedMessage]) -> None:
        attempts = self._attempts(partition, messages)
        await self.handle([one.body for one in messages], attempts)
        self._unfinished.pop(partition, None)

    def _attempts(self, partition: int, messages: Sequence[NumberedMessage]) -> Attempts:
        """Remember what is done of a batch only until it, or another, is handled."""
        first, last = messages[0].number, messages[-1].number
        known = self._unfinished.get(partition)
        is_same = known is not None and known[:2] == (first, last)
        attempts = known[2] if known and is_same else Attempts(self.pause, self.seconds)
        self._unfinished[partition] = first, last, attempts
        attempts.begin()
        return attempts

    async def _advance(self, partition: int, number: int) -> Place:
        """Note a place, unless another owner has noted one behind it.

        Raises LogUnavailable where places were set back: what is between is to be handled first.
        """
        name = progress_name(self.consumer, partition, self.moved_to)
        place = self._places.get(partition) or await self._stored(partition)
        while place.number < number:
            position = place_of(number, place.of)
            tag = await retrying(self.pause, self.progress.advance, name, position, place.tag)
            known = place
            place = Place(number, tag, known.of) if tag else await self._stored(partition)
            if place.number < known.number:
                raise LogUnavailable(f"partition {partition}: another owner has begun anew")
        self._places[partition] = place
        return place

    async def _stored(self, partition: int) -> Place:
        """Read a place; raises ConfigurationError where the hub has got other partitions since it was checked."""
        name = progress_name(self.consumer, partition, self.moved_to)
        found = await retrying(self.pause, self.progress.find, name)
        number, of = place_in(found.position) if found else (NOWHERE, None)
        if of is not None:
            check_partitions(f"of {name}", of, self.partitions)
        place = Place(number, found.tag if found else None, of)
        self._places[partition] = place
        return place


def _unbroken(messages: Sequence[NumberedMessage]) -> int:
    """Give the number from which on the messages follow one another up to the last."""
    numbers = sorted({one.number for one in messages}, reverse=True)
    return next(n for place, n in enumerate(numbers) if n - 1 not in numbers[place + 1 : place + 2])


def _next(found: Sequence[NumberedMessage], place: int, number: int) -> Sequence[NumberedMessage]:
    """Give the messages that follow a place without a hole, as far as a number."""
    messages: list[NumberedMessage] = []
    for one in sorted(found, key=lambda one: one.number):
        if one.number == place + 1 and one.number <= number:
            messages.append(one)
            place = one.number
    return messages
