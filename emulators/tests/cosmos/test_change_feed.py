"""The change feed with azure-cosmos: the latest version of each item, transaction by transaction."""

import asyncio
from typing import Any

from azure.cosmos.aio import ContainerProxy

from emulators.tests.waiting import in_time


async def read(container: ContainerProxy, **since: Any) -> tuple[list[dict[str, Any]], str | None]:
    """Read one page, and say where to go on."""
    pages = container.query_items_change_feed(**since).by_page()
    async for page in pages:
        return [dict(one) async for one in page], pages.continuation_token  # type: ignore[attr-defined]
    return [], since.get("continuation")


async def everything(container: ContainerProxy) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    ranges = [one async for one in container.read_feed_ranges()]
    for feed_range in ranges:
        page, token = await read(container, feed_range=feed_range, start_time="Beginning")
        while page:
            found += page
            page, token = await read(container, continuation=token)
    return found


async def test_there_are_several_ranges_and_a_partition_is_in_one_of_them(
    container: ContainerProxy,
) -> None:
    for n in range(40):
        await container.create_item({"id": str(n % 2), "u": str(n % 2), "pk": f"p{n // 2}"})

    ranges = [one async for one in container.read_feed_ranges()]
    seen = [
        {one["pk"] for one in (await read(container, feed_range=r, start_time="Beginning"))[0]}
        for r in ranges
    ]

    assert len(ranges) == 4
    assert all(seen)
    assert len(set.union(*seen)) == sum(map(len, seen)) == 20


async def test_what_is_new_follows_where_the_last_page_ended(container: ContainerProxy) -> None:
    since: dict[str, Any] = {"partition_key": "p", "start_time": "Beginning"}
    await container.create_item({"id": "1", "pk": "p", "u": 1})
    first, token = await read(container, **since)

    await container.create_item({"id": "2", "pk": "p", "u": 2})
    second, token = await read(container, continuation=token)
    nothing, _ = await read(container, continuation=token)

    assert [[one["id"] for one in page] for page in (first, second, nothing)] == [["1"], ["2"], []]


async def test_only_the_latest_version_of_an_item_is_seen(container: ContainerProxy) -> None:
    for n in range(3):
        await container.upsert_item({"id": "1", "pk": "p", "u": 1, "n": n})
    await container.create_item({"id": "2", "pk": "p", "u": 2})
    await container.delete_item("2", "p")

    assert [one["n"] for one in await everything(container)] == [2]


async def test_a_transaction_is_never_cut_and_its_items_come_in_any_order(
    container: ContainerProxy,
) -> None:
    for begin in range(0, 60, 20):
        batch = [
            ("create", ({"id": str(n), "pk": "p", "u": n, "n": n},))
            for n in range(begin, begin + 20)
        ]
        await container.execute_item_batch(batch, "p")

    pages = container.query_items_change_feed(
        partition_key="p", start_time="Beginning", max_item_count=30
    ).by_page()
    first = [one async for one in await anext(pages)]

    assert len(first) in {20, 40}
    assert len({one["_lsn"] for one in first}) == len(first) // 20
    numbers = [one["n"] for one in first[:20]]
    assert sorted(numbers) == list(range(20))
    assert numbers != sorted(numbers)


async def test_from_now_on_leaves_out_what_is_old(container: ContainerProxy) -> None:
    await container.create_item({"id": "1", "pk": "p", "u": 1})
    assert await read(container, partition_key="p", start_time="Now") == ([], None)
    # The SDK keeps where "now" was in the headers alone.
    token = container.client_connection.last_response_headers["etag"]
    await container.create_item({"id": "2", "pk": "p", "u": 2})

    found, _ = await read(container, continuation=token)

    assert [one["id"] for one in found] == ["2"]


async def waiting(container: ContainerProxy, token: str | None, seconds: int) -> list[Any]:
    """Read one page behind a place, and prefer to wait for it; gives the ids, and what the service made of it."""
    applied: list[Any] = []
    page, _ = await read(
        container,
        continuation=token,
        headers={"Prefer": f"wait={seconds}"},
        raw_response_hook=lambda one: applied.append(
            one.http_response.headers.get("Preference-Applied")
        ),
    )
    return [[one["id"] for one in page], *applied]


async def test_who_prefers_to_wait_is_answered_as_soon_as_there_is_something(
    container: ContainerProxy,
) -> None:
    await container.create_item({"id": "1", "pk": "p", "u": 1})
    since: dict[str, Any] = {"partition_key": "p", "start_time": "Beginning"}
    _, token = await read(container, **since)
    read_on = asyncio.create_task(waiting(container, token, 3_600))
    await container.create_item({"id": "elsewhere", "pk": "q", "u": 2})

    await container.create_item({"id": "2", "pk": "p", "u": 2})
    async with in_time():
        assert await read_on == [["2"], "wait=60"]

    assert await waiting(container, token, 3_600) == [["2"], None]


async def test_who_waits_for_nothing_is_told_so_in_the_end(container: ContainerProxy) -> None:
    await container.create_item({"id": "1", "pk": "p", "u": 1})
    _, token = await read(container, partition_key="p", start_time="Beginning")

    assert await waiting(container, token, 1) == [[], "wait=1"]
    assert await waiting(container, token, 0) == [[], None]
