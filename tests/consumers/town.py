"""A town: an order process, the rows that it leads to, and those who are told."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from consumers.notifications import Notifications
from consumers.projections import Projections
from shared.adapters.memory import MemoryLog, MemoryNotifier, MemoryParking, MemoryRows
from shared.domain.shop import domain
from shared.kernel.domain import Domain
from shared.kernel.errors import NotifierUnavailable
from shared.kernel.messages.envelope import encode_all
from shared.kernel.messages.notification import Notification, Unwanted
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import Log
from shared.kernel.reactions.enricher import Enricher
from tests.consumers.process import Process
from tests.consumers.worlds import now
from tests.kernel.asking import no_pause

CONFIRMED = "onewrite.order.confirmed.v1"


@dataclass
class Town:
    """An order process, the rows that it leads to, and those who are told."""

    domain: Domain = domain
    process: Process = field(default_factory=Process)
    rows: MemoryRows = field(default_factory=MemoryRows)
    notifier: MemoryNotifier = field(default_factory=MemoryNotifier)
    parking: MemoryParking = field(default_factory=MemoryParking)

    @property
    def notifications(self) -> Notifications:
        store = self.process.store
        return Notifications(
            *(self.domain, self.rows, self.notifier, store, self.parking, now, no_pause)
        )

    def bodies(self) -> list[bytes]:
        """Give everything that was written, as the log has it."""
        return [body for commit in self.process.store.written for body in encode_all(commit)]

    async def project(self) -> None:
        async def log() -> Log:
            return MemoryLog(partitions=4)

        store = self.process.store
        views = Projections(domain.views, self.rows, store, MemoryParking(), log, now)
        await views.project(self.bodies())

    async def notify(self) -> None:
        await self.notifications.notify(self.bodies())

    def told(self) -> list[tuple[str, str]]:
        """Name what was published: to what it happened, and what."""
        return [(one.subject, one.type) for one in self.notifier.published]


class Away(MemoryNotifier):
    """A topic that does not acknowledge so many times, though it may have taken what came."""

    def __init__(self, times: int, *, taking: bool = False) -> None:
        super().__init__()
        self.times, self.taking = times, taking

    async def publish(self, notifications: Sequence[Notification]) -> list[Unwanted]:
        if self.times > 0:
            self.times -= 1
            if self.taking:
                await super().publish(notifications)
            raise NotifierUnavailable("no answer")
        return await super().publish(notifications)


class Particular(MemoryNotifier):
    """A topic that will never take what it is told of some streams."""

    def __init__(self, *streams: str) -> None:
        super().__init__()
        self.streams = streams

    async def publish(self, notifications: Sequence[Notification]) -> list[Unwanted]:
        wrong = [one for one in notifications if one.subject in self.streams]
        await super().publish([one for one in notifications if one not in wrong])
        return [Unwanted(one, "400: it is malformed") for one in wrong]


async def confirmed(*orders: str, **changes: Any) -> Town:
    """An order process in which these orders are confirmed, a piece of tea each."""
    town = Town(**changes)
    await town.process.stock("TEA", 50)
    for order in orders:
        await town.process.place(order, TEA=1)
    await town.process.settle()
    return town


def with_enrich(enrich: Callable[..., Any]) -> Domain:
    """A deployment whose first enricher is another."""
    first, *others = domain.enrichers
    changed: Enricher[Any, Any, Any] = replace(first, enrich=enrich)
    return replace(domain, enrichers=(changed, *others))


def failing_for(order: str) -> Domain:
    """A deployment whose first enricher has a bug that one order meets."""

    def enrich(stream: StreamName, event: Any, found: Any) -> Any:
        if stream.id == order:
            raise ZeroDivisionError("a bug")
        return domain.enrichers[0].enrich(stream, event, found)

    return with_enrich(enrich)
