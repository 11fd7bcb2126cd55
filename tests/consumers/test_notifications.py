"""Notifications: others are told once or again, never something else, and never nothing."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import azure.functions as func
import pytest

from consumers.notifications import CONSUMER, Notifications
from consumers.projections import Projections
from shared.adapters.http.operations import Operations
from shared.adapters.memory import MemoryLog, MemoryNotifier, MemoryParking, MemoryRows
from shared.domain import domain
from shared.domain.item.commands import ReceiveStock, RegisterItem
from shared.domain.order.commands import CancelOrder, RecordDispatch
from shared.kernel.domain import Domain
from shared.kernel.enricher import Enricher
from shared.kernel.envelope import encode, encode_all, envelopes
from shared.kernel.errors import NotifierUnavailable, StoreUnavailable
from shared.kernel.notification import Notification
from shared.kernel.parking import UNREADABLE, Decision
from shared.kernel.ports import Log
from shared.kernel.stream import StreamName
from shared.kernel.view import Row
from tests.consumers.process import Process
from tests.consumers.worlds import now
from tests.kernel.worlds import NOON, no_pause

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


async def confirmed(*orders: str, **changes: Any) -> Town:
    """An order process in which these orders are confirmed, a piece of tea each."""
    town = Town(**changes)
    await town.process.stock("TEA", 50)
    for order in orders:
        await town.process.place(order, TEA=1)
    await town.process.settle()
    return town


async def test_a_confirmed_order_is_told_with_the_names_of_its_items() -> None:
    town = Town()
    await town.process.tell("item-TEA", RegisterItem(name="Darjeeling", reorder_point=0))
    await town.process.tell("item-TEA", ReceiveStock(quantity=5))
    await town.process.place("7", TEA=1)
    await town.process.settle()
    await town.project()

    await town.notify()

    (told,) = town.notifier.published
    assert (told.id, told.type) == (f"order-7@3/{CONFIRMED}", CONFIRMED)
    assert (told.source, told.subject, told.sequence) == ("/onewrite/order", "order-7", 3)
    assert told.data == {
        "link": "/api/views/orders/7",
        "orderId": "7",
        "customerId": "C1",
        "lines": [{"sku": "TEA", "quantity": 1, "name": "Darjeeling"}],
    }


async def test_an_item_that_no_row_knows_yet_is_called_by_its_sku() -> None:
    town = await confirmed("7")

    await town.notify()

    assert town.notifier.published[0].data["lines"][0]["name"] == "TEA"


async def test_each_end_of_an_order_is_told_and_each_shortage() -> None:
    town = Town()
    process = town.process
    await process.stock("TEA", 5, reorder_point=3)
    await process.place("rejected", CUP=1)
    await process.place("cancelled", TEA=1)
    await process.place("shipped", TEA=2)
    await process.settle()
    await process.tell("order-cancelled", CancelOrder())
    await process.tell("order-shipped", RecordDispatch(customer_id="C1"))
    await process.settle()

    await town.notify()

    assert sorted(town.told()) == [
        ("order-cancelled", "onewrite.order.cancelled.v1"),
        ("order-cancelled", CONFIRMED),
        ("order-rejected", "onewrite.order.rejected.v1"),
        ("order-shipped", CONFIRMED),
        ("order-shipped", "onewrite.order.shipped.v1"),
        ("replenishment-TEA", "onewrite.replenishment.requested.v1"),
    ]


async def test_what_is_delivered_again_is_told_again_under_the_same_ids() -> None:
    town = await confirmed("7", "8")
    await town.notify()
    first = {one.id: one for one in town.notifier.published}
    town.notifier.published.clear()

    await town.notify()

    assert {one.id: one for one in town.notifier.published} == first
    assert len(first) == 2


async def test_the_chain_of_causes_is_carried() -> None:
    town = await confirmed("7")
    placed = next(c for c in town.process.store.written if c.stream == "order-7")

    await town.notify()

    assert town.notifier.published[0].correlationid == placed.metadata.correlation_id


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


async def test_a_bug_parks_the_stream_and_no_other() -> None:
    town = await confirmed("7", "8", domain=failing_for("7"))

    await town.notify()

    (marker,) = town.parking.markers()
    assert (marker.consumer, marker.stream) == (CONSUMER, "order-7")
    assert (marker.version, marker.last_seen) == (3, 3)
    assert "ZeroDivisionError" in marker.error
    assert town.told() == [("order-8", CONFIRMED)]


async def test_later_events_of_a_parked_stream_only_move_what_was_seen() -> None:
    town = await confirmed("7", domain=failing_for("7"))
    await town.notify()
    await town.process.tell("order-7", CancelOrder())

    await town.notify()

    (marker,) = town.parking.markers()
    assert (marker.version, marker.last_seen) == (3, 4)
    assert town.told() == []


async def test_a_notification_that_fits_into_no_request_is_poison() -> None:
    def enrich(stream: StreamName, event: Any, found: Any) -> Any:
        told = domain.enrichers[0].enrich(stream, event, found)
        return told.model_copy(update={"customer_id": "x" * (stream.id == "7") * 1_048_576})

    town = await confirmed("7", "8", domain=with_enrich(enrich))

    await town.notify()

    (marker,) = town.parking.markers()
    assert marker.stream == "order-7"
    assert "NotificationTooLarge" in marker.error
    assert town.told() == [("order-8", CONFIRMED)]


async def test_a_row_that_nobody_can_read_is_poison() -> None:
    town = await confirmed("7")
    await town.project()
    (stored,) = [s for s in town.rows._rows.values() if s.row.at.view == "stock"]
    broken = replace(stored, row=replace(stored.row, data={"name": 7}))
    town.rows._rows[stored.row.at] = broken

    await town.notify()

    (marker,) = town.parking.markers()
    assert "ValidationError" in marker.error


async def test_what_cannot_be_read_is_parked_apart() -> None:
    town = await confirmed("7")
    placed = next(c for c in town.process.store.written if c.stream == "order-7")
    (envelope,) = envelopes(placed)
    unknown = envelope.model_copy(update={"type": "OrderMelted"})

    await town.notifications.notify([b"{", encode(unknown)])

    assert {marker.stream for marker in town.parking.markers()} == {"order-7", UNREADABLE}


def asked(action: str, stream: str) -> func.HttpRequest:
    body = {"by": "ann", "reason": f"to {action} it"}
    return func.HttpRequest(
        method="POST",
        url="/api/operations/parked",
        route_params={"stream": stream},
        body=json.dumps(body).encode(),
    )


async def test_a_mended_stream_is_told_to_its_tail_when_it_is_released() -> None:
    town = await confirmed("7", domain=failing_for("7"))
    await town.notify()
    await town.process.tell("order-7", CancelOrder())
    await town.notify()
    town.domain = domain

    operations = Operations(CONSUMER, town.parking, town.notifications.replay, now)
    response = await operations.release(asked("release", "order-7"))

    assert response.status_code == 200
    assert town.parking.markers() == []
    assert [type_ for _, type_ in town.told()] == [CONFIRMED, "onewrite.order.cancelled.v1"]


async def test_what_is_skipped_is_never_told_and_what_follows_is() -> None:
    town = await confirmed("7", domain=failing_for("7"))
    await town.notify()
    await town.process.tell("order-7", CancelOrder())
    await town.notify()

    operations = Operations(CONSUMER, town.parking, town.notifications.replay, now)
    assert (await operations.skip(asked("skip", "order-7"))).status_code == 200
    await town.notify()

    assert town.parking.markers() == []
    assert set(town.told()) == {("order-7", "onewrite.order.cancelled.v1")}


async def test_a_stream_that_is_not_mended_stays_parked() -> None:
    town = await confirmed("7", domain=failing_for("7"))
    await town.notify()

    operations = Operations(CONSUMER, town.parking, town.notifications.replay, now)
    response = await operations.release(asked("release", "order-7"))

    assert response.status_code == 409
    assert len(town.parking.markers()) == 1


class Away(MemoryNotifier):
    """A topic that does not acknowledge so many times, though it may have taken what came."""

    def __init__(self, times: int, *, taking: bool = False) -> None:
        super().__init__()
        self.times, self.taking = times, taking

    async def publish(self, notifications: Sequence[Notification]) -> None:
        if self.times > 0:
            self.times -= 1
            if self.taking:
                await super().publish(notifications)
            raise NotifierUnavailable("no answer")
        await super().publish(notifications)


async def test_a_fault_that_passes_is_waited_for() -> None:
    town = await confirmed("7", notifier=Away(4))

    await town.notify()

    assert town.told() == [("order-7", CONFIRMED)]


async def test_a_lost_acknowledgement_repeats_the_same_id() -> None:
    town = await confirmed("7", notifier=Away(1, taking=True))

    await town.notify()

    assert [one.id for one in town.notifier.published] == [f"order-7@3/{CONFIRMED}"] * 2


async def test_a_fault_that_lasts_never_parks_and_the_batch_comes_again() -> None:
    town = await confirmed("7", notifier=Away(5))

    with pytest.raises(NotifierUnavailable):
        await town.notify()

    assert town.parking.markers() == []
    await town.notify()
    assert town.told() == [("order-7", CONFIRMED)]


async def test_what_came_before_the_poison_is_told_before_its_stream_is_parked() -> None:
    """Once it is parked, what came before would never be told."""
    cancelled = domain.enrichers[2]

    def enrich(_stream: StreamName, _event: Any, _found: Any) -> Any:
        raise ZeroDivisionError("a bug")

    wrong = replace(domain, enrichers=(*domain.enrichers[:2], replace(cancelled, enrich=enrich)))
    town = await confirmed("7", domain=wrong, notifier=Away(5))
    await town.process.tell("order-7", CancelOrder())

    with pytest.raises(NotifierUnavailable):
        await town.notify()
    assert town.parking.markers() == []
    await town.notify()

    assert town.told() == [("order-7", CONFIRMED)]
    assert [marker.version for marker in town.parking.markers()] == [4]


class Shaky(MemoryRows):
    """Rows that do not answer so many times."""

    times = 0

    async def of_key(self, view: str, key: str) -> list[Row]:
        if self.times > 0:
            self.times -= 1
            raise StoreUnavailable("no answer")
        return await super().of_key(view, key)


async def test_rows_that_do_not_answer_are_asked_again_and_never_park() -> None:
    town = await confirmed("7", "8", rows=Shaky())
    assert isinstance(town.rows, Shaky)
    town.rows.times = 9

    with pytest.raises(BaseExceptionGroup) as raised:
        await town.notify()

    assert raised.group_contains(StoreUnavailable)
    assert town.parking.markers() == []
    await town.notify()
    assert {subject for subject, _ in town.told()} == {"order-7", "order-8"}


async def test_a_skip_is_obeyed_when_the_event_comes_again() -> None:
    town = await confirmed("7", domain=failing_for("7"))
    skip = Decision(CONSUMER, "order-7", 3, "skip", reason="a bug", by="ann", time=NOON)
    await town.parking.decide(skip)

    await town.notify()

    assert town.parking.markers() == []
    assert await town.notifications.replay(StreamName("order", "7"), 1) == 3
