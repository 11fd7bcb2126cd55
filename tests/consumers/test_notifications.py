"""Notifications: others are told once or again, never something else, and never nothing."""

import pytest
from pydantic_core import to_json

from shared.adapters.memory import MemoryRows
from shared.domain.shop.item.commands import ReceiveStock, RegisterItem
from shared.domain.shop.order.commands import CancelOrder, RecordDispatch
from shared.kernel.errors import NotifierUnavailable, StoreUnavailable
from shared.kernel.messages.envelope import decode, encode
from shared.kernel.messages.notification import cloud_event
from shared.kernel.ports import ROWS
from shared.kernel.views.view import Row
from tests.consumers.town import CONFIRMED, Away, Town, confirmed


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


async def test_of_what_the_log_knows_of_a_commit_nothing_is_told() -> None:
    town = await confirmed("7")
    told: list[set[str]] = []
    for metadata in ({}, {"actor": "ann", "accepted": "noon", "cause": "item-TEA@1"}):
        bodies = [encode(decode(body).model_copy(update=metadata)) for body in town.bodies()]
        await town.notifications.notify(bodies)
        told.append({to_json(cloud_event(one)).decode() for one in town.notifier.published})

    assert len(told[0]) == 1
    assert told[1] == told[0]


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

    with pytest.raises(ExceptionGroup) as raised:
        await town.notify()

    assert raised.group_contains(NotifierUnavailable)
    assert town.parking.markers() == []
    await town.notify()
    assert town.told() == [("order-7", CONFIRMED)]


class Shaky(MemoryRows):
    """Rows that do not answer so many times."""

    times = 0

    async def of_key(self, view: str, key: str, after: str = "", limit: int = ROWS) -> list[Row]:
        if self.times > 0:
            self.times -= 1
            raise StoreUnavailable("no answer")
        return await super().of_key(view, key, after, limit)


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
