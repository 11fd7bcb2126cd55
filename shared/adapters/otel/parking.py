"""Parking under watch: what is parked is counted, and logged in the trace of the event that failed.

In a cloud the log says where, and operators are shown why: what an error says may be about people.
"""

import logging
from collections.abc import Collection, Mapping

from shared.adapters import settings
from shared.adapters.otel.metric_names import PARKED
from shared.adapters.otel.watcher import Watcher
from shared.kernel.delivery.parking import Decision, Parked
from shared.kernel.ports import MARKERS, Parking, StoredParked

_LOGGER = logging.getLogger("onewrite.parking")


class WatchedParking:
    """The markers, and what is seen of new ones."""

    def __init__(self, parking: Parking, watcher: Watcher) -> None:
        self._parking = parking
        self._watcher = watcher

    async def park(self, marker: Parked) -> None:
        await self._parking.park(marker)
        self._tell(marker)

    async def move(self, parked: StoredParked, marker: Parked) -> bool:
        moved = await self._parking.move(parked, marker)
        if moved:
            self._tell(marker)
        return moved

    def _tell(self, marker: Parked) -> None:
        self._watcher.add(PARKED, 1, {"consumer": marker.consumer})
        about = {
            "onewrite.consumer": marker.consumer,
            "onewrite.stream": marker.stream,
            "onewrite.version": marker.version,
            "onewrite.correlation_id": (marker.envelope or {}).get("correlationid", ""),
        }
        where = f"{marker.stream}@{marker.version}"
        with self._watcher.within("park", [marker.traceparent], about):
            told = where if settings.deployed() else marker.error
            _LOGGER.warning("parked: %s", told, extra=about)

    async def seen(self, consumer: str, stream: str, version: int) -> bool:
        return await self._parking.seen(consumer, stream, version)

    async def find(self, consumer: str, stream: str) -> StoredParked | None:
        return await self._parking.find(consumer, stream)

    async def held(self, consumer: str, streams: Collection[str]) -> Mapping[str, int]:
        return await self._parking.held(consumer, streams)

    async def parked(self, consumer: str, after: str = "", limit: int = MARKERS) -> list[Parked]:
        return await self._parking.parked(consumer, after, limit)

    async def count(self, consumer: str) -> int:
        return await self._parking.count(consumer)

    async def unpark(self, parked: StoredParked) -> bool:
        return await self._parking.unpark(parked)

    async def decide(self, decision: Decision) -> None:
        await self._parking.decide(decision)

    async def decisions(self, consumer: str, stream: str) -> list[Decision]:
        return await self._parking.decisions(consumer, stream)
