"""Projections on memory twins."""

from datetime import UTC, datetime, timedelta

from consumers.projections import Projections
from shared.adapters.memory import MemoryEventStore, MemoryLog, MemoryParking
from shared.domain.shop import domain
from shared.kernel.delivery.parking import Parked
from shared.kernel.ports import EventStore, Log, Rows
from tests.kernel.asking import NOON


class World:
    """What projections work on, beside rows and store."""

    def __init__(self, rows: Rows, store: EventStore | None = None) -> None:
        self.parking = MemoryParking()
        self.log = MemoryLog(partitions=4)
        self.views = domain.views
        self.later = timedelta()
        self.rows = rows
        self.store = store or MemoryEventStore()

    @property
    def projections(self) -> Projections:
        return Projections(
            self.views, self.rows, self.store, self.parking, self._open_log, self._now
        )

    async def project(self, bodies: list[bytes]) -> None:
        await self.projections.project(bodies)

    def _now(self) -> datetime:
        return now() + self.later

    async def _open_log(self) -> Log:
        return self.log


def held(stream: str, version: int) -> Parked:
    """Give a marker, as an operator finds it, that holds a stream back from a version on."""
    return Parked("any", stream, version, version, "what it was", NOON)


def now() -> datetime:
    return datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
