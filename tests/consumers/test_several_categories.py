"""A view over several categories: each stream has its own row, under a key that they share."""

from shared.domain.shop.item import item
from shared.domain.shop.order import order
from shared.kernel.messages.commit import RecordedEvent
from shared.kernel.messages.message import Event, Message
from shared.kernel.messages.stream import StreamName
from shared.kernel.views.view import View
from tests.consumers.rebuilding import Desk
from tests.kernel.worlds import commit, received

THING, ORDER = StreamName("item", "7"), StreamName("order", "7")
LINES = {"lines": [{"sku": "SKU1", "quantity": 1}], "customerId": "C1"}


class Happened(Message):
    last: str = ""


def last(_: Happened, event: Event) -> Happened:
    return Happened(last=type(event).__name__)


def same_id(stream: StreamName, _: Event) -> str:
    return stream.id


HAPPENED = View("happened", item, Happened, last, same_id, others=(order,))


async def both_written() -> Desk:
    desk = Desk()
    desk.world.views = (HAPPENED,)
    await desk.write(
        *(commit(version, received(1), stream=THING) for version in (1, 2)),
        commit(1, RecordedEvent("OrderPlaced", 1, LINES), stream=ORDER),
        commit(1, received(1), stream=StreamName("replenishment", "7")),
    )
    return desk


async def shown(desk: Desk, view: str) -> dict[str, tuple[int, str]]:
    found = await desk.rows.of_key(view, "7")
    return {row.at.stream: (row.version, row.data["last"]) for row in found}


async def test_each_stream_has_its_row_under_the_key_that_they_share() -> None:
    desk = await both_written()

    assert await shown(desk, "happened") == {
        "item-7": (2, "StockReceived"),
        "order-7": (1, "OrderPlaced"),
    }


async def test_a_rebuild_finds_the_streams_of_all() -> None:
    desk = await both_written()
    before = await shown(desk, "happened")

    await desk.begin()
    await desk.run()

    assert await shown(desk, "happened~1") == before


async def test_a_row_that_lacks_versions_reads_its_own_stream() -> None:
    desk = await both_written()
    missing, behind = (
        commit(version, RecordedEvent("OrderPlaced", 1, LINES), stream=ORDER) for version in (2, 3)
    )
    await desk.store.append([missing])

    await desk.write(behind)

    assert await shown(desk, "happened") == {
        "item-7": (2, "StockReceived"),
        "order-7": (3, "OrderPlaced"),
    }
