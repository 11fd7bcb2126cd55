"""A view is filled from the log while the store is away, by the code of projections; a hole stops it."""

from collections.abc import Callable

import pytest

from consumers.rebuild import Rebuild
from shared.adapters.memory import MemoryArchive
from shared.domain.shop.views.orders import orders
from shared.kernel.errors import ConfigurationError, StoreUnavailable
from shared.kernel.messages.commit import RecordedEvent
from shared.kernel.messages.envelope import encode_all
from tests.consumers.rebuilding import GRACE, NEXT, Feed, ask, everywhere
from tests.consumers.replay.archived import ITEMS, TICK, archived
from tests.consumers.worlds import markers
from tests.kernel.worlds import commit, received


async def test_rows_from_the_log_are_the_live_rows_and_nobody_asks_the_store() -> None:
    desk = await archived()

    await desk.begin_from_log()
    await desk.run()

    assert await desk.phase() == "serving"
    assert desk.data("stock~1") == desk.data("stock")
    assert len(desk.data("stock")) == 5
    assert (desk.store.reads, sum(map(len, desk.world.log.messages))) == ([], 20)


async def test_changed_code_gives_changed_rows() -> None:
    desk = await archived()
    desk.world.views = (NEXT,)

    await desk.begin_from_log()
    assert await desk.shown() == everywhere(4, 10)
    await desk.run()

    assert await desk.shown() == everywhere(4, 20)


@pytest.mark.parametrize("looks", [2, 3, 5])
async def test_what_has_no_time_left_goes_on_behind_its_last_page(looks: int) -> None:
    desk = await archived()
    await desk.begin_from_log()
    runs = 0

    while await desk.phase() == "filling":
        runs += 1
        await desk.run(looks * TICK)

    assert runs > 1
    assert desk.data("stock~1") == desk.data("stock")


def removed(files: MemoryArchive) -> None:
    del files.kept["0/000002.avro"]


def truncated(files: MemoryArchive) -> None:
    files.cut["0/000002.avro"] = 2


def out_of_order(files: MemoryArchive) -> None:
    files.kept["0/000002.avro"] = files.kept["0/000002.avro"][::-1]


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (removed, "partition 0, file '0/000003.avro': 8 to 11 are missing before 12"),
        (
            truncated,
            "partition 0, file '0/000002.avro': the archived file '0/000002.avro' is damaged",
        ),
        (out_of_order, "partition 0, file '0/000002.avro': 10 comes behind 11"),
    ],
)
async def test_a_hole_is_told_and_nothing_is_swapped_in(
    damage: Callable[[MemoryArchive], None], told: str
) -> None:
    desk = await archived()
    whole = dict(desk.archive.kept)
    damage(desk.archive)
    desk.world.views = (NEXT,)

    await desk.begin_from_log()
    await desk.run()

    assert await desk.shown() == everywhere(4, 10)
    status, answer = await ask(desk, "GET")
    assert (status, answer["phase"], answer["from"]) == (200, "stopped", "log")
    assert answer["stopped"].startswith(told)
    assert answer["generations"]["newest"] == 0

    # What is given up is written no more, and its number is not given again.
    given_up = desk.data("stock~1")
    desk.kept_away.away = False
    await desk.write(commit(5, received(5), stream=ITEMS[0]))
    assert desk.data("stock~1") == given_up
    desk.archive.kept, desk.archive.cut = whole, {}
    await desk.begin_from_log()
    await desk.run()
    assert (await desk.shown())["SKU0"] == (5, 30)
    assert "stopped" not in (await ask(desk, "GET"))[1]
    assert desk.data("stock~2").keys() == desk.data("stock").keys()


async def test_files_that_are_there_twice_or_empty_do_no_harm() -> None:
    desk = await archived()
    desk.archive.keep(0, 5, desk.archive.kept["0/000001.avro"])
    desk.archive.keep(0, 6, [])

    await desk.begin_from_log()
    await desk.run()

    assert desk.data("stock~1") == desk.data("stock")


@pytest.mark.parametrize(
    "versions",
    [
        "3524",
        "2435",
        "5432",
        "3333222245",
        "2323524444",
        "2222444433335",
        "2235444444443",
        "555555543332",
    ],
)
async def test_a_version_that_comes_late_is_folded_in_another_round(versions: str) -> None:
    desk = await archived(length=1)
    late = [commit(version, received(version), stream=ITEMS[0]) for version in range(1, 6)]
    for one in late:
        await desk.store.append([one])
        await desk.world.project(encode_all(one))
    for version in versions:
        await desk.send(*encode_all(late[int(version) - 1]))
    desk.keep()

    await desk.begin_from_log()
    await desk.run()

    assert await desk.phase() == "serving"
    assert desk.data("stock~1") == desk.data("stock")
    assert desk.data("stock")["item-SKU0"][1] == 5


async def test_a_version_that_never_comes_is_named_and_nothing_is_swapped_in() -> None:
    desk = await archived(length=1)
    for version in (2, 4):
        await desk.send(*encode_all(commit(version, received(1), stream=ITEMS[0])))

    await desk.begin_from_log()
    await desk.run()

    _, answer = await ask(desk, "GET")
    assert (answer["phase"], answer["stopped"]) == (
        "stopped",
        "the log lacks item-SKU0@3, and holds what comes behind",
    )
    assert await desk.shown() == everywhere(1, 1)


async def test_what_is_poisonous_parks_its_stream_and_the_rest_is_filled() -> None:
    desk = await archived()
    many = RecordedEvent("StockReceived", 1, {"quantity": "many"})
    poison = commit(5, many, stream=ITEMS[0])
    behind = commit(6, received(1), stream=ITEMS[0])
    filler = encode_all(commit(1, received(1), stream=ITEMS[1])) * 4
    await desk.send(b"no envelope", *encode_all(poison), *filler, *encode_all(behind))
    desk.keep()

    await desk.begin_from_log()
    await desk.run()

    assert await desk.phase() == "serving"
    assert desk.data("stock~1") == desk.data("stock")
    parked = {
        one.stream.partition("~")[0]: one.version
        for one in await markers(desk.world.parking, "projections")
    }
    assert parked == {"item-SKU0": 5, "unreadable": 0}


async def test_what_the_log_brings_meanwhile_waits_for_its_row_and_is_in_it() -> None:
    desk = await archived()
    await desk.begin_from_log()
    body = encode_all(commit(5, received(5), stream=ITEMS[0]))
    await desk.run(2 * TICK)

    with pytest.raises(BaseExceptionGroup) as raised:
        await desk.world.project(body)
    assert raised.group_contains(StoreUnavailable)
    await desk.run()
    await desk.world.project(body)

    assert await desk.phase() == "serving"
    assert desk.data("stock~1") == desk.data("stock")
    assert desk.data("stock")["item-SKU0"][1] == 5


async def test_whoever_does_not_read_the_log_fills_no_view_from_it() -> None:
    desk = await archived()
    await desk.begin_from_log()
    feed = Feed(desk.store, 1_000)

    with pytest.raises(ConfigurationError):
        await Rebuild(desk.world.projections, feed, desk.progress, GRACE).run(60)


async def test_one_rebuild_that_waits_for_the_store_keeps_no_other_waiting() -> None:
    desk = await archived()
    desk.world.views = (desk.view, orders)
    await desk.rebuild().begin(desk.view)
    await desk.rebuild().begin(orders, "log")
    desk.kept_away.away = True

    with pytest.raises(BaseExceptionGroup):
        await desk.run()

    assert (await desk.rebuild().generations(orders)).phase == "serving"
