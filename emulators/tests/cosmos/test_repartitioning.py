"""Ranges that split and merge: what azure-cosmos and bare requests see of it; no item is lost or doubled."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest
from azure.cosmos.aio import ContainerProxy

from emulators.cosmos.ranges import KeyRange, tile
from emulators.tests.cosmos.conftest import Account
from emulators.tests.cosmos.rest import DOCS, Rest
from emulators.tests.cosmos.test_change_feed import everything, read

RANGES = "/dbs/d/colls/c/pkranges"
IN_RANGE = "x-ms-documentdb-partitionkeyrangeid"
FEED = {"A-IM": "Incremental Feed"}
GONE = (410, 1002)


async def ranges(client: Rest, known: str = "") -> tuple[Mapping[str, Any], str]:
    """Ask for the ranges as clients do, which say what they know."""
    answer = await client.ask("GET", RANGES, headers={**FEED, "If-None-Match": known})
    found = answer.body["PartitionKeyRanges"] if answer.status == 200 else []
    shown = {one["id"]: (one["minInclusive"], one["maxExclusive"], one["parents"]) for one in found}
    return shown, answer.headers["etag"]


async def change(cosmos: Account, client: Rest, fault: str, range_: str) -> tuple[int, int]:
    """Let a range split or merge while its feed is asked for; gives the answer."""
    cosmos.fail(fault, "change-feed")
    answer = await client.ask("GET", DOCS, headers={**FEED, IN_RANGE: range_})
    return answer.status, answer.substatus


def place(first: str, last: str) -> str:
    """Write an effective key that has F between its ends."""
    return f"{first:F<31}{last}"


@pytest.mark.parametrize("count", [1, 3, 4, 64])
def test_the_halves_of_a_range_tile_it(count: int) -> None:
    for one in tile(count):
        middle = one.middle()
        assert middle is not None
        halves = KeyRange("", one.first, middle).width, KeyRange("", middle, one.beyond).width
        assert 0 <= halves[1] - halves[0] <= 1
    assert KeyRange("", f"{5:032X}", f"{6:032X}").middle() is None


def test_ranges_begin_where_those_of_the_service_do() -> None:
    assert [one.first for one in tile(5)] == [
        "",
        "0CCCCCCCCCCCCCCCCCCCCCCCCCCCCCCC",
        "19999999999999999999999999999998",
        "26666666666666666666666666666664",
        "33333333333333333333333333333330",
    ]


async def test_the_children_of_a_split_are_told_of_with_all_that_they_come_from(
    cosmos: Account, client: Rest
) -> None:
    first, etag = await ranges(client)

    assert await change(cosmos, client, "split", "1") == GONE
    children, later = await ranges(client, etag)
    assert await change(cosmos, client, "split", "5") == GONE

    assert list(first) == ["0", "1", "2", "3"]
    assert children == {
        "4": (place("0F", "F"), place("17", "E"), ["1"]),
        "5": (place("17", "E"), place("1F", "E"), ["1"]),
    }
    assert (await ranges(client, later))[0] == {
        "6": (place("17", "E"), place("1B", "E"), ["1", "5"]),
        "7": (place("1B", "E"), place("1F", "E"), ["1", "5"]),
    }
    assert list((await ranges(client))[0]) == ["0", "4", "6", "7", "2", "3"]
    assert await ranges(client, (await ranges(client))[1]) == ({}, '"7"')


async def test_neighbours_merge_and_the_last_one_with_that_before_it(
    cosmos: Account, client: Rest
) -> None:
    assert await change(cosmos, client, "merge", "1") == GONE
    assert await change(cosmos, client, "merge", "3") == GONE
    merged, _ = await ranges(client)
    assert await change(cosmos, client, "merge", "0") == GONE

    assert merged == {
        "0": ("", place("0F", "F"), []),
        "5": (place("0F", "F"), "FF", ["1", "2", "3", "4"]),
    }
    assert (await ranges(client))[0] == {"6": ("", "FF", ["0", "1", "2", "3", "4", "5"])}
    # Nobody is left to merge with.
    assert await change(cosmos, client, "merge", "6") == (304, 0)


async def write(container: ContainerProxy, begin: int, end: int) -> None:
    for n in range(begin, end):
        await container.create_item({"id": str(n), "pk": f"p{n}", "u": n})


async def test_who_reads_on_over_splits_and_merges_sees_everything_once(
    cosmos: Account, container: ContainerProxy
) -> None:
    await write(container, 0, 40)
    seen: list[dict[str, Any]] = []
    places: list[Any] = []
    for one in [one async for one in container.read_feed_ranges()]:
        page, place = await read(container, feed_range=one, start_time="Beginning")
        seen += page
        places.append(place)

    # Not a split behind a merge: the SDK goes on in whole children then, beyond the keys of a place.
    for round_, fault in enumerate(["split", "split", "merge", "merge", "merge"], start=1):
        cosmos.fail(fault, "create", at=[3, 7])
        await write(container, 40 * round_, 40 * round_ + 40)
        for number in range(len(places)):
            page, places[number] = await read(container, continuation=places[number])
            while page:
                seen += page
                page, places[number] = await read(container, continuation=places[number])

    assert Counter(one["id"] for one in seen) == Counter(map(str, range(240)))


async def test_all_items_are_found_and_written_wherever_they_have_moved(
    cosmos: Account, container: ContainerProxy
) -> None:
    await write(container, 0, 40)
    for fault in ("split", "split", "merge", "split", "merge"):
        cosmos.fail(fault, "read", probability=1.0)
        await container.read_item("7", "p7")
    cosmos.faults.replace(0, [])
    await write(container, 40, 60)
    await container.upsert_item({"id": "1", "pk": "p1", "u": 1, "new": True})

    found = [one async for one in container.query_items("SELECT c.id FROM c", max_item_count=7)]

    assert sorted(int(one["id"]) for one in found) == list(range(60))
    assert sorted(int(one["id"]) for one in await everything(container)) == list(range(60))
    assert (await container.read_item("1", "p1"))["new"]


async def test_a_query_that_is_paged_over_a_split_misses_nothing(
    cosmos: Account, container: ContainerProxy
) -> None:
    await write(container, 0, 40)
    pages = container.query_items("SELECT c.id FROM c", max_item_count=5).by_page()
    found = {one["id"] async for one in await anext(pages)}

    # Often enough for numbers of two digits.
    for fault in ("split", "split", "merge", "split"):
        cosmos.fail(fault, "read", probability=1.0)
        for key in ("p1", "p7", "p9"):
            await container.read_item(key[1:], key)
        found |= {one["id"] async for one in await anext(pages)}
    cosmos.faults.replace(0, [])
    async for page in pages:
        found |= {one["id"] async for one in page}

    assert sorted(map(int, found)) == list(range(40))


async def test_what_a_session_has_seen_of_a_range_it_has_seen_of_the_children(
    cosmos: Account, client: Rest
) -> None:
    item = {"id": "1", "pk": "a"}
    written = await client.ask(
        "POST", DOCS, item, headers={"x-ms-documentdb-partitionkey": '["a"]'}
    )
    token = written.headers["x-ms-session-token"]
    cosmos.server.consistency.lag = 60.0
    session = {"x-ms-consistency-level": "Session", "x-ms-session-token": token}
    cosmos.server.consistency.account = "Session"
    cosmos.fail("split", "read")

    headers = {"x-ms-documentdb-partitionkey": '["a"]'}
    read_ = await client.ask("GET", f"{DOCS}/1", headers={**headers, **session})
    other = {**session, "x-ms-session-token": token.replace("#1", "#9")}

    assert read_.status == 200
    assert token.partition(":")[0] not in read_.headers["x-ms-session-token"].partition(":")[0]
    assert (await client.ask("GET", f"{DOCS}/1", headers={**headers, **other})).substatus == 1002
