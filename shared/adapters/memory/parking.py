"""The markers of parked streams in memory."""

import re
from collections.abc import Collection, Mapping
from dataclasses import replace

from shared.adapters.cosmos.parked_items import fitting
from shared.adapters.size_limits import LONGEST_ID
from shared.kernel.delivery.parking import Action, Decision, Parked
from shared.kernel.errors import StoreError
from shared.kernel.ports import MARKERS, StoredParked

_ID = re.compile(r"[^/\\?#]*[^/\\?# ]")


class MemoryParking:
    """Keeps markers with a tag that changes with every write."""

    def __init__(self) -> None:
        self._markers: dict[tuple[str, str], StoredParked] = {}
        self._decisions: list[Decision] = []
        self._writes = 0

    async def park(self, marker: Parked) -> None:
        if not await self.seen(marker.consumer, marker.stream, marker.last_seen):
            self._write(fitting(marker))

    async def seen(self, consumer: str, stream: str, version: int) -> bool:
        known = self._markers.get((consumer, stream))
        if known is None:
            return False
        if known.marker.last_seen < version:
            self._write(replace(known.marker, last_seen=version))
        return True

    def _write(self, marker: Parked) -> None:
        _check_id(marker.stream)
        self._writes += 1
        key = marker.consumer, marker.stream
        self._markers[key] = StoredParked(marker, str(self._writes))

    async def find(self, consumer: str, stream: str) -> StoredParked | None:
        return self._markers.get((consumer, stream))

    async def held(self, consumer: str, streams: Collection[str]) -> Mapping[str, int]:
        known = {one.stream: one.version for one in self._of(consumer)}
        return {stream: known[stream] for stream in known.keys() & streams}

    async def parked(self, consumer: str, after: str = "", limit: int = MARKERS) -> list[Parked]:
        found = sorted(self._of(consumer), key=lambda marker: marker.stream)
        page = [marker for marker in found if marker.stream > after][:limit]
        return [replace(marker, envelope=None) for marker in page]

    async def count(self, consumer: str) -> int:
        return len(self._of(consumer))

    def _of(self, consumer: str) -> list[Parked]:
        return [marker for marker in self.markers() if marker.consumer == consumer]

    def markers(self) -> list[Parked]:
        """Everything that is parked."""
        return [stored.marker for stored in self._markers.values()]

    async def move(self, parked: StoredParked, marker: Parked) -> bool:
        if not self._is_as(parked):
            return False
        self._write(fitting(marker))
        return True

    async def unpark(self, parked: StoredParked) -> bool:
        if not self._is_as(parked):
            return False
        del self._markers[parked.marker.consumer, parked.marker.stream]
        return True

    def _is_as(self, parked: StoredParked) -> bool:
        return self._markers.get((parked.marker.consumer, parked.marker.stream)) == parked

    def skips(self) -> list[Decision]:
        """Every decision to pass over an event."""
        return [one for one in self._decisions if one.action is Action.SKIP]

    async def decide(self, decision: Decision) -> None:
        self._decisions.append(decision)

    async def decisions(self, consumer: str, stream: str) -> list[Decision]:
        return [d for d in self._decisions if (d.consumer, d.stream) == (consumer, stream)]


def _check_id(stream: str) -> None:
    """Raise StoreError where Cosmos DB takes no item of this id."""
    if _ID.fullmatch(stream) is None or len(stream.encode()) > LONGEST_ID:
        raise StoreError(f"no item can have the id {stream[:60]!r}")
