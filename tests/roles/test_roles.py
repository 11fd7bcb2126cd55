"""Every function of the set does its part: what goes in at one end comes out at the other."""

from collections.abc import Sequence
from datetime import timedelta

import azure.functions as func
import pytest

from shared.adapters import wiring
from shared.adapters.memory import MemoryFeed, MemoryLog
from shared.domain.shop import domain
from shared.kernel.delivery.parking import unreadable
from shared.kernel.errors import LogUnavailable, StoreUnavailable
from shared.kernel.ports import Feed, FeedPage
from shared.kernel.views.generation import GENERATIONS, KEPT
from shared.kernel.views.view import RowKey
from tests.roles.wired import CARRIER, DATA, FUNCTIONS, PARCEL, Wired, placed, stocked

VIEWS = [view.name for view in domain.views]


async def test_a_command_is_shown_by_the_queries_once_it_has_gone_round(wired: Wired) -> None:
    await stocked(wired)

    status, view = await wired.ask("view", view="stock", key="TEA")
    assert (status, view["rows"][0]["data"]["available"]) == (200, 5)
    status, page = await wired.ask("view_list", view="stock")
    assert [row["key"] for row in page["rows"]] == ["TEA"]
    status, stream = await wired.ask("stream", stream="item-TEA")
    assert (status, stream["version"]) == (200, 2)
    assert await wired.noted("projections", "item-TEA") == "1"
    assert await wired.noted("reactions", "item-TEA") == "1"
    assert await wired.noted("notifications", "item-TEA") == "1"


async def test_an_order_goes_its_way_and_others_hear_of_it(wired: Wired) -> None:
    await stocked(wired)
    await placed(wired)
    assert (await wired.ask("webhook", [PARCEL]))[0] == 200
    await FUNCTIONS["inbound_event"](
        func.EventGridEvent(
            id="p1",
            data=DATA,
            topic="/carriers/fast",
            subject="parcels",
            event_type=CARRIER,
            event_time=None,
            data_version="1",
        )
    )
    await wired.settle()

    _, order = await wired.ask("view", view="orders", key="7")
    assert order["rows"][0]["data"]["status"] == "shipped"
    assert [one.type for one in wired.notifier.published] == [
        "onewrite.order.confirmed.v1",
        "onewrite.order.shipped.v1",
    ]
    _, tree = await wired.ask("causes", stream="order-7")
    assert tree["caused"][0]["command"] == "ReserveForOrder"


async def test_a_command_may_wait_in_the_mailbox(wired: Wired) -> None:
    registered = {"name": "Tea", "reorderPoint": 1}
    status, told = await wired.command(
        "item/TEA/register-item", registered, prefer="respond-async", idempotency_key="c1"
    )
    assert (status, told["commandId"]) == (202, "c1")
    await wired.deliver("mailbox", wired.mailbox)

    _, pending = await wired.ask("outcome", params={"command-id": "c2"}, stream="item-TEA")
    assert pending["outcome"] == "pending"
    _, outcome = await wired.ask("outcome", params={"command-id": "c1"}, stream="item-TEA")
    assert outcome["outcome"] == "done"


async def test_an_order_that_waits_for_too_long_is_called_off(wired: Wired) -> None:
    body = {"customerId": "C1", "lines": [{"sku": "TEA", "quantity": 2}]}
    await wired.command("order/7/place-order", body)
    await wired.publish()
    await wired.deliver("projections")
    wired.later += timedelta(hours=1)

    await wired.tick("deadlines")

    assert [e.type for c in wired.store.written for e in c.events][-1] == "OrderCancelled"


async def test_the_sweep_mends_what_was_lost_and_nothing_else(wired: Wired) -> None:
    await stocked(wired)
    sent = sum(map(len, wired.log.messages))
    wired.later += timedelta(hours=1)
    await wired.tick("sweep")
    assert sum(map(len, wired.log.messages)) == sent

    await wired.command("item/TEA/receive-stock", {"quantity": 1})
    wired.lose()
    wired.later += timedelta(hours=1)
    await wired.tick("sweep")
    await wired.deliver("projections")

    _, view = await wired.ask("view", view="stock", key="TEA")
    assert view["rows"][0]["data"]["available"] == 6


@pytest.mark.parametrize("asked", [{}, {"from": "log"}])
async def test_a_rebuild_changes_the_rows_alone(wired: Wired, asked: dict[str, str]) -> None:
    await stocked(wired)
    await placed(wired)
    before = [await wired.ask("view_list", view=view) for view in VIEWS]
    stored, told = list(wired.store.written), list(wired.notifier.published)
    sent, waiting = list(map(len, wired.log.messages)), list(map(len, wired.mailbox.messages))

    for view in VIEWS:
        status, begun = await wired.ask("view_rebuild", asked, view=view)
        assert (status, begun["phase"]) == (200, "filling")
    for phase in ("serving", "emptying", "done"):
        await wired.tick("sweep")
        await wired.tick("rebuild")
        assert [(await wired.ask("view_rebuild", view=view))[1]["phase"] for view in VIEWS] == [
            phase
        ] * len(VIEWS)
        assert [await wired.ask("view_list", view=view) for view in VIEWS] == before
        wired.later += timedelta(hours=1)

    generations = {"stock~1", "orders~1", "customers~1", GENERATIONS.view}
    assert {row.at.view for row in wired.rows.all()} == generations
    assert (wired.store.written, wired.notifier.published) == (stored, told)
    assert [len(messages) for messages in wired.log.messages] == sent
    assert [len(messages) for messages in wired.mailbox.messages] == waiting
    await wired.tick("sweep")
    assert [len(messages) for messages in wired.log.messages] == sent


async def test_a_sweep_that_a_range_failed_ends_as_a_failure(
    wired: Wired, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Away(MemoryFeed):
        async def read(
            self, range_: str, position: str | None, limit: int | None = None
        ) -> FeedPage:
            raise StoreUnavailable(f"no answer for {range_} from {position}, {limit}")

    async def away() -> Feed:
        return Away(wired.store)

    monkeypatch.setattr(wiring, "feed", away)

    with pytest.raises(ExceptionGroup) as told:
        await wired.tick("sweep")

    assert told.group_contains(StoreUnavailable)


async def test_no_reader_stays_at_an_old_generation_because_the_time_was_set_back(
    wired: Wired,
) -> None:
    await stocked(wired)
    await wired.ask("view", view="stock", key="TEA")
    await wired.ask("view_rebuild", {}, view="stock")
    await wired.tick("rebuild")
    await wired.rows.delete(RowKey("stock", "TEA", "item-TEA"))

    wired.later += KEPT
    wired.set_back = timedelta(hours=1)

    _, shown = await wired.ask("view", view="stock", key="TEA")
    assert shown["rows"][0]["data"]["available"] == 5


@pytest.mark.parametrize("hours", [0, 1])
async def test_what_the_log_has_lost_is_mended_although_a_rebuild_shows_it(
    wired: Wired, hours: int
) -> None:
    await stocked(wired)
    await wired.command("item/TEA/receive-stock", {"quantity": 1})
    wired.lose()
    await wired.ask("view_rebuild", {}, view="stock")
    wired.later += timedelta(minutes=3)
    await wired.tick("rebuild")
    assert (await wired.ask("view", view="stock", key="TEA"))[1]["rows"][0]["version"] == 3
    wired.later += timedelta(hours=hours)
    for function in ("rebuild", "sweep"):
        await wired.tick(function)
    await wired.deliver("reactions")
    assert sum(map(len, wired.log.messages)) == len(wired.store.written)
    assert await wired.noted("reactions", "item-TEA") == "2"


async def test_a_new_instance_is_warmed_up(wired: Wired) -> None:
    await wired.wake()

    assert wired.warmed == 1


async def test_the_api_tells_of_itself(wired: Wired) -> None:
    assert (await wired.ask("health"))[1]["status"] == "ready"
    assert (await wired.ask("openapi"))[1]["openapi"].startswith("3.1")
    assert "<html" in (await wired.ask("docs"))[1]


async def test_a_batch_that_nobody_can_read_notes_no_progress(wired: Wired) -> None:
    await FUNCTIONS["projections"]([func.EventHubEvent(body=b"{", sequence_number=7)])

    assert [one.stream for one in wired.parking.markers()] == [unreadable(b"{")]
    assert await wired.noted("projections", "item-TEA") is None


async def test_what_nobody_brings_is_read_from_the_hubs(wired: Wired) -> None:
    await wired.command("item/TEA/register-item", {"name": "Tea", "reorderPoint": 1})
    body = {"customerId": "C1", "lines": [{"sku": "TEA", "quantity": 2}]}
    await wired.command("item/TEA/receive-stock", {"quantity": 5}, prefer="respond-async")
    await wired.command("order/7/place-order", body)
    await wired.publish()
    wired.set_back = timedelta(days=1)
    for _ in range(2):
        await wired.tick("catch_up")
        wired.later += timedelta(minutes=3)

    _, view = await wired.ask("view", view="orders", key="7")
    assert view["rows"][0]["data"]["status"] == "placed"
    assert {"StockReceived", "ReservationDeclined"} & {
        event.type for commit in wired.store.written for event in commit.events
    }
    for consumer in ("projections", "reactions", "notifications"):
        assert await wired.noted(consumer, "order-7") is not None


async def test_a_hub_that_cannot_be_read_keeps_no_other_waiting(
    wired: Wired, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Away(MemoryLog):
        async def extents(self) -> Sequence[tuple[int, int]]:
            raise LogUnavailable("not now")

    async def away() -> Away:
        return Away(partitions=4)

    await wired.command("item/TEA/receive-stock", {"quantity": 5})
    await wired.command(
        "item/TEA/register-item", {"name": "Tea", "reorderPoint": 1}, prefer="respond-async"
    )
    monkeypatch.setattr(wiring, "log_reader", away)
    for _ in range(2):
        with pytest.raises(ExceptionGroup) as raised:
            await wired.tick("catch_up")
        assert raised.group_contains(LogUnavailable)
        wired.later += timedelta(minutes=3)

    assert "ItemRegistered" in [e.type for c in wired.store.written for e in c.events]
