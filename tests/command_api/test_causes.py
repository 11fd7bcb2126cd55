"""What followed from a command can be told from any place in the chain."""

import azure.functions as func
import pytest

from command_api.composition import Application
from shared.adapters.memory import MemoryEventStore
from shared.domain.shop import domain
from shared.domain.shop.order.events import OrderedLine, OrderPlaced
from shared.kernel.commands.category import record
from shared.kernel.errors import StoreUnavailable
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import Found
from shared.kernel.reactions.causes import MOST
from tests.command_api.calls import (
    assembled,
    get,
    get_causes,
    get_outcome,
    get_stream,
    post,
    post_command,
    told,
)
from tests.consumers.process import Process
from tests.consumers.test_deadlines import deadlines, stuck
from tests.kernel.test_causes import echo, echoed
from tests.kernel.worlds import commit


@pytest.fixture
async def confirmed() -> Application:
    """An order of two lines that was confirmed."""
    process = Process()
    await process.stock("TEA", 5, reorder_point=4)
    await process.stock("CUP", 5)
    await process.place("7", TEA=2, CUP=1)
    await process.settle()
    return assembled(domain, process.store)


async def drawing(application: Application, stream: str, version: str) -> str:
    """Ask for the tree as text."""
    request = func.HttpRequest(
        method="GET",
        url="/api/streams",
        params={"version": version},
        route_params={"stream": stream},
        headers={"Accept": "text/plain"},
        body=b"",
    )
    return (await get_causes(request, application)).get_body().decode()


TREE = """\
a command → order-7@1: OrderPlaced
   ReserveForOrder → item-TEA@4: StockReserved, StockRanLow
      RecordReservation → order-7@2: ReservationRecorded
      RecordReplenishmentRequest → replenishment-TEA@1: ReplenishmentRequested
   ReserveForOrder → item-CUP@3: StockReserved
      RecordReservation → order-7@4: ReservationRecorded, OrderConfirmed
"""


@pytest.mark.parametrize(
    ("stream", "version"),
    [("order-7", "1"), ("order-7", "4"), ("item-CUP", "3"), ("replenishment-TEA", "1")],
)
async def test_the_tree_is_told_as_text_from_everywhere_in_it(
    confirmed: Application, stream: str, version: str
) -> None:
    assert await drawing(confirmed, stream, version) == TREE


async def test_a_store_that_does_not_answer_is_a_problem() -> None:
    class Silent(MemoryEventStore):
        async def read(self, *_args: object, **_more: object) -> Found:
            raise StoreUnavailable("no answer")

        async def find(self, *_args: object) -> Found:
            raise StoreUnavailable("no answer")

    silent = assembled(domain, Silent())
    for ask in (get_causes, get_stream, get_outcome):
        asked = get("streams", {"command-id": "c1"}, stream="order-7")
        answer = await ask(asked, silent)
        assert (answer.status_code, told(answer)["code"]) == (503, "unavailable"), ask


async def test_the_tree_is_told_as_json_with_every_event(confirmed: Application) -> None:
    tree = told(await get_causes(get("streams", {}, stream="order-7"), confirmed))

    assert [one["command"] for one in tree["caused"]] == ["ReserveForOrder"] * 2
    assert tree["events"][0]["type"] == "OrderPlaced"
    (recorded,) = tree["caused"][1]["caused"]
    assert [event["version"] for event in recorded["events"]] == [3, 4]


async def test_what_came_to_nothing_is_told_too() -> None:
    process = Process()
    await process.place("9", POT=1, PAN=1)
    await process.settle()

    tree = told(
        await get_causes(get("streams", {}, stream="order-9"), assembled(domain, process.store))
    )

    # The second decline comes to an order that is rejected already.
    pot, pan = tree["caused"]
    assert pot["caused"][0]["events"][-1]["type"] == "OrderRejected"
    (late,) = pan["caused"]
    assert ("events" in late, late["outcome"]) == (False, "nothing so far")
    assert (pan["outcome"], tree["complete"]) == ("done", True)


async def test_a_version_that_is_not_there_has_no_causes(confirmed: Application) -> None:
    missing = await get_causes(get("streams", {"version": "99"}, stream="order-7"), confirmed)
    none = await get_causes(get("streams", {"version": "0"}, stream="order-7"), confirmed)
    odd = await get_causes(get("streams", {"version": "x"}, stream="order-7"), confirmed)

    assert told(missing)["code"] == told(none)["code"] == "not-found"
    assert told(odd)["code"] == "malformed"


@pytest.mark.parametrize(
    "key",
    ["order-7@1", "order-7@0", "item-SKU1@1", "x@5", "nodash@1", "-@1", "item-SKU1@" + "9" * 100],
)
async def test_a_key_that_looks_like_an_event_is_no_cause(confirmed: Application, key: str) -> None:
    register = post("register-item", {"name": "x", "reorderPoint": 0}, Idempotency_Key="first")
    await post_command(register, confirmed)
    receive = post("receive-stock", {"quantity": 1}, Idempotency_Key=key)
    version = str(told(await post_command(receive, confirmed))["version"])

    answer = await get_causes(get("streams", {"version": version}, stream="item-SKU1"), confirmed)

    tree = told(answer)
    assert (answer.status_code, tree["stream"], tree["commandId"]) == (200, "item-SKU1", key)


EXPIRED = """\
a command → order-0@1: OrderPlaced
   ReserveForOrder → item-TEA: nothing so far
   ExpireOrder → order-0@2: OrderCancelled
      ReleaseForOrder → item-TEA@3: ReservationWithdrawn
"""


@pytest.mark.parametrize(
    ("stream", "version"), [("order-0", "1"), ("order-0", "2"), ("item-TEA", "3")]
)
async def test_an_order_that_expired_is_told_with_what_it_gave_back(
    stream: str, version: str
) -> None:
    process = await stuck()
    await (await deadlines(process, minutes=16)).run()
    await process.settle()

    assert await drawing(assembled(domain, process.store), stream, version) == EXPIRED


async def test_a_tree_that_is_cut_says_so() -> None:
    process = Process()
    lines = tuple(OrderedLine(sku=f"SKU{n}", quantity=1) for n in range(MOST + 1))
    placed = record(OrderPlaced.model_construct(customer_id="C1", lines=lines))
    await process.store.append([commit(1, placed, stream=StreamName("order", "7"))])
    application = assembled(domain, process.store)

    tree = told(await get_causes(get("streams", {}, stream="order-7"), application))
    text = await drawing(application, "order-7", "1")

    assert (len(tree["caused"]), tree["complete"]) == (MOST, False)
    assert text.splitlines()[-1] == "and so on: only 500 commands are followed, 50 deep"


async def test_a_chain_of_any_length_is_answered_from_its_end() -> None:
    store = await echoed(200)
    last = store.written[-1]

    answer = await get_causes(
        get("item-teapot", {"version": str(last.version)}, stream="item-teapot"),
        assembled(echo(), store),
    )

    assert (answer.status_code, told(answer)["complete"]) == (200, False)
    assert last.command_id in answer.get_body().decode()
