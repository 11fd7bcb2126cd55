"""What operators decide about a parked stream, and what follows from it: the same for every consumer."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from shared.kernel.delivery.parking import Action, Decision, Parked
from shared.kernel.errors import InvalidMessage, Poison
from shared.kernel.ports import Parking, StoredParked

type Replay = Callable[[Parked], Awaitable[int | Parked]]
"""Handles again what a marker holds back, from its version on, but for what was passed over.

Returns the version of the tail, or the marker of the first event that can never be handled.
"""


async def skips(parking: Parking, consumer: str, stream: str) -> Mapping[int, Decision]:
    """Returns the decisions to pass over an event of a stream, by its version: that one, and no other."""
    decisions = await parking.decisions(consumer, stream)
    return {one.version: one for one in decisions if one.action is Action.SKIP}


async def park_first(marker: Parked, parking: Parking) -> None:
    """Park a stream at the first of its poisons, though it is parked at a later one already."""
    while (held := await parking.find(marker.consumer, marker.stream)) is not None:
        if held.marker.version <= marker.version:
            break
        last_seen = max(marker.last_seen, held.marker.last_seen)
        if await parking.move(held, replace(marker, last_seen=last_seen)):
            return
    await parking.park(marker)


async def carry_out(
    decision: Decision, parked: StoredParked, parking: Parking, replay: Replay
) -> int | Parked:
    """Keeps a decision and replays the stream to its tail; returns that, or the marker that it stays parked at.

    What nothing can be read out of has nothing to be replayed: it can only be skipped.
    """
    await parking.decide(decision)
    try:
        return await _go_round(parked, parking, replay)
    except InvalidMessage as error:
        if decision.action is Action.RELEASE:
            useless = InvalidMessage(f"{error}: it can only be skipped")
            marker = parked.marker
            return replace(marker, error=str(Poison(marker.stream, marker.version, useless)))
    await parking.unpark(parked)
    return decision.version


async def _go_round(parked: StoredParked, parking: Parking, replay: Replay) -> int | Parked:
    """Replay to the tail and take the marker away, again if an event arrived meanwhile.

    Raises InvalidMessage where there is nothing to be replayed.
    """
    current, version = parked, parked.marker.version
    while True:
        reached = await replay(replace(current.marker, version=version))
        if not isinstance(reached, Parked) and reached < parked.marker.version:
            raise InvalidMessage("the store holds nothing of it")
        if isinstance(reached, Parked):
            await _move(reached, parking)
            return reached
        if await parking.unpark(current):
            return reached
        found = await parking.find(current.marker.consumer, current.marker.stream)
        if found is None:
            return reached
        current, version = found, reached + 1


async def _move(marker: Parked, parking: Parking) -> None:
    """Let a stream be held back from where it met its poison now; what was seen of it stays."""
    while (held := await parking.find(marker.consumer, marker.stream)) is not None:
        last_seen = max(marker.last_seen, held.marker.last_seen)
        if await parking.move(held, replace(marker, last_seen=last_seen)):
            return
    await parking.park(marker)
