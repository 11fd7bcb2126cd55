"""Who reads a view reads one of its generations, and need not know of the others."""

from dataclasses import replace
from datetime import timedelta
from operator import attrgetter

from shared.adapters.memory import MemoryRows
from shared.kernel.ports import StoredRow
from shared.kernel.views.generation import GENERATIONS, KEPT, GenerationRows, Generations, change
from shared.kernel.views.listing import Listing
from shared.kernel.views.view import Row, RowKey

AT = RowKey("stock", "teapot", "item-teapot")
OLD = Row(AT, version=1, data={"available": 3})
NEW = Row(AT, version=2, data={"available": 5})


class Counting(MemoryRows):
    def __init__(self) -> None:
        super().__init__()
        self.looks = 0

    async def read(self, at: RowKey) -> StoredRow | None:
        self.looks += at == GENERATIONS
        return await super().read(at)


async def rebuilt() -> Counting:
    """Make rows of which each is there in two generations, and the second is read."""
    rows = Counting()
    await rows.write(OLD, None)
    await rows.write(replace(NEW, at=replace(AT, view="stock~1")), None)
    nothing = Generations()
    filling = nothing.begun("a")
    assert await change(rows, "stock", nothing, filling)
    assert await change(rows, "stock", filling, filling.ended("b"))
    return rows


async def test_a_reader_finds_the_rows_of_one_generation_under_the_name_of_the_view() -> None:
    rows = await rebuilt()
    for which, expected in (("oldest", OLD), ("serving", NEW)):
        reader = GenerationRows(rows, attrgetter(which), lambda: 0.0)

        stored = await reader.read(AT)
        assert stored is not None
        assert stored.row == expected
        assert await reader.of_key("stock", "teapot") == [expected]
        shown = [await reader.shows("stock", "teapot", version) for version in (1, 2, 3)]
        assert shown == [version <= expected.version for version in (1, 2, 3)]
        assert await reader.page(Listing("stock")) == [expected]
        assert await reader.count(Listing("stock")) == 1


async def test_a_row_that_is_not_there_is_not_found() -> None:
    reader = GenerationRows(MemoryRows(), attrgetter("serving"), lambda: 0.0)

    assert await reader.read(AT) is None


async def test_which_generation_is_read_is_asked_now_and_then() -> None:
    rows, now = await rebuilt(), 0.0
    reader = GenerationRows(rows, attrgetter("serving"), lambda: now)
    rows.looks = 0

    for after in (timedelta(), KEPT / 2, KEPT, 2 * KEPT):
        now = after.total_seconds()
        await reader.of_key("stock", "teapot")
        await reader.of_key("stock", "teapot")

    assert rows.looks == 3


def test_a_full_generation_is_read_and_an_older_one_is_let_go_step_by_step() -> None:
    walk = [Generations().begun("a")]
    while walk[-1].phase != "done":
        walk.append(walk[-1].ended("b"))

    assert [(one.phase, one.oldest, one.serving, one.emptied, one.since) for one in walk] == [
        ("filling", 0, 0, 0, "a"),
        ("serving", 0, 1, 0, "b"),
        ("emptying", 1, 1, 0, "b"),
        ("done", 1, 1, 1, "b"),
    ]


async def test_a_step_is_taken_only_from_where_a_view_is() -> None:
    rows = await rebuilt()

    assert not await change(rows, "stock", Generations(), Generations().begun("c"))
