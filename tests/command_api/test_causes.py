"""What followed from a command can be told from any place in the chain."""

import azure.functions as func
import pytest

from command_api.application import Application
from command_api.causes import get_causes
from command_api.mailbox import get_outcome
from command_api.streams import get_stream
from shared.adapters.memory import MemoryEventStore
from shared.domain import domain
from shared.kernel.errors import StoreUnavailable
from shared.kernel.ports import Found
from tests.command_api.calls import assembled, get, told
from tests.consumers.process import Process


@pytest.fixture
async def confirmed() -> Application:
    """An order of two lines that was confirmed."""
    process = Process()
    await process.stock("TEA", 5, reorder_point=4)
    await process.stock("CUP", 5)
    await process.place("7", TEA=2, CUP=1)
    await process.settle()
    return assembled(domain, process.store)


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
    request = func.HttpRequest(
        method="GET",
        url="/api/streams",
        params={"version": version},
        route_params={"stream": stream},
        headers={"Accept": "text/plain"},
        body=b"",
    )

    answer = await get_causes(request, confirmed)

    assert answer.get_body().decode() == TREE


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
    assert "events" not in pan["caused"][0]


async def test_a_version_that_is_not_there_has_no_causes(confirmed: Application) -> None:
    missing = await get_causes(get("streams", {"version": "99"}, stream="order-7"), confirmed)
    odd = await get_causes(get("streams", {"version": "x"}, stream="order-7"), confirmed)

    assert told(missing)["code"] == "not-found"
    assert told(odd)["code"] == "malformed"
