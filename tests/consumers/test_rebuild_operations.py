"""Operators begin a rebuild and ask how far it is."""

import pytest

from shared.adapters.memory import MemoryRows
from shared.kernel.errors import StoreUnavailable
from shared.kernel.ports import StoredRow
from shared.kernel.views.view import RowKey
from tests.consumers.rebuilding import Desk, ask, opened
from tests.kernel.asking import NOON

NOTHING = {"streams": 0, "reached": None}


async def test_operators_begin_a_rebuild_and_see_how_far_it_is() -> None:
    desk = await opened()

    status, told = await ask(desk, "GET")
    assert (status, told["phase"], told["ranges"]) == (
        200,
        "done",
        [NOTHING, NOTHING],
    )
    status, told = await ask(desk, "POST")
    assert (status, told["phase"], told["generations"]["newest"]) == (200, "filling", 1)
    with pytest.raises(StoreUnavailable):
        await desk.rebuild(pages=2).run(60)
    _, told = await ask(desk, "GET")
    assert (told["phase"], told["ranges"]) == (
        "filling",
        [NOTHING, {"streams": 4, "reached": NOON}],
    )
    await desk.run()
    _, told = await ask(desk, "GET")
    assert (told["view"], told["phase"]) == ("stock", "serving")
    assert told["ranges"] == [NOTHING, {"streams": 5, "reached": NOON}]


async def test_a_view_that_is_none_is_not_rebuilt() -> None:
    status, told = await ask(await opened(), "POST", view="sales")

    assert (status, told["code"]) == (404, "not-found")


class Away(MemoryRows):
    async def read(self, at: RowKey) -> StoredRow | None:  # noqa: ARG002 - the port's
        raise StoreUnavailable("no answer")


async def test_a_store_that_does_not_answer_is_told_so() -> None:
    status, told = await ask(Desk(Away()), "POST")

    assert (status, told["code"]) == (503, "unavailable")
