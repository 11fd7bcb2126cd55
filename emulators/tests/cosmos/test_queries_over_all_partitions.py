"""Queries that azure-cosmos plans, sends to each physical range and merges: as Python itself would answer."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from azure.cosmos.aio import ContainerProxy
from azure.cosmos.exceptions import CosmosHttpResponseError

from emulators.cosmos.query.parser import parse
from emulators.cosmos.query.plan import query_plan
from emulators.tests.cosmos.conftest import Account

type Item = dict[str, Any]

ITEMS: list[Item] = [
    {
        "id": "1",
        "pk": f"p{n}",
        "view": "levels" if n % 4 else "names",
        "key": f"k{n % 3}",
        "stream": f"s{n * 17 % 40:02}",
        "n": n,
        "data": {"available": n * 7 % 5},
    }
    for n in range(40)
]
INDEXING = {
    "includedPaths": [{"path": "/*"}],
    "compositeIndexes": [
        [{"path": "/data/available"}, {"path": "/key"}, {"path": "/stream"}],
        [{"path": "/key", "order": "ascending"}, {"path": "/stream", "order": "descending"}],
    ],
}
KEYSET = (
    "SELECT TOP 4 * FROM c WHERE c.view = @view AND c.data.available >= @low"
    " AND (c.data.available > @v OR (c.data.available = @v"
    " AND (c.key > @k OR (c.key = @k AND c.stream > @s))))"
    " ORDER BY c.data.available ASC, c.key ASC, c.stream ASC"
)


@pytest.fixture
async def spread(cosmos: Account) -> AsyncIterator[ContainerProxy]:
    async with cosmos.container(indexing=INDEXING) as container:
        for item in ITEMS:
            await container.create_item(item)
        yield container


async def ask(container: ContainerProxy, query: str, size: int = 7, **values: Any) -> list[Any]:
    parameters = [{"name": f"@{name}", "value": value} for name, value in values.items()]
    found: Any = container.query_items(query, parameters=parameters, max_item_count=size)
    return [one async for one in found]


def position(item: Item) -> tuple[int, str, str]:
    return item["data"]["available"], item["key"], item["stream"]


@pytest.mark.parametrize(
    ("order", "key", "backward"),
    [
        ("c.n", lambda item: item["n"], False),
        ("c.n DESC", lambda item: item["n"], True),
        ("c.stream ASC", lambda item: item["stream"], False),
        ("c.data.available, c.key, c.stream", position, False),
        ("c.data.available DESC, c.key DESC, c.stream DESC", position, True),
    ],
)
async def test_pages_come_in_the_order_that_is_asked_for(
    order: str, key: Callable[[Item], Any], *, backward: bool, spread: ContainerProxy
) -> None:
    pages: Any = spread.query_items(f"SELECT * FROM c ORDER BY {order}", max_item_count=7).by_page()

    found = [[item["n"] async for item in page] async for page in pages]

    expected = [item["n"] for item in sorted(ITEMS, key=key, reverse=backward)]
    assert [len(page) for page in found] == [7, 7, 7, 7, 7, 5]
    assert [n for page in found for n in page] == expected


async def test_directions_may_differ_as_in_the_index(spread: ContainerProxy) -> None:
    by_stream = sorted(ITEMS, key=lambda item: item["stream"], reverse=True)
    expected = [item["n"] for item in sorted(by_stream, key=lambda item: item["key"])]

    forward = await ask(spread, "SELECT VALUE c.n FROM c ORDER BY c.key ASC, c.stream DESC")
    backward = await ask(spread, "SELECT VALUE c.n FROM c ORDER BY c.key DESC, c.stream ASC")

    assert forward == expected
    assert backward == expected[::-1]


@pytest.mark.parametrize(
    "order",
    ["c.key, c.stream", "c.stream DESC, c.key", "c.data.available, c.key", "c.n, c.key, c.stream"],
)
async def test_an_order_without_its_composite_index_is_refused(
    order: str, spread: ContainerProxy
) -> None:
    with pytest.raises(CosmosHttpResponseError, match="composite index") as refused:
        await ask(spread, f"SELECT * FROM c ORDER BY {order}")

    assert refused.value.status_code == 400


async def test_results_keep_their_shape_through_the_merge(spread: ContainerProxy) -> None:
    fields = "SELECT TOP @top c.n, c.nothing, c.data.available AS left FROM c ORDER BY c.n"
    assert await ask(spread, fields, top=2) == [{"n": 0, "left": 0}, {"n": 1, "left": 2}]
    assert await ask(spread, "SELECT VALUE c.nothing FROM c ORDER BY c.n") == []
    first = (await ask(spread, "SELECT TOP 1 * FROM c ORDER BY c.n"))[0]
    assert {name: first[name] for name in ITEMS[0]} == ITEMS[0]


async def test_top_and_windows_count_over_all_partitions(spread: ContainerProxy) -> None:
    assert await ask(spread, "SELECT TOP 3 VALUE c.n FROM c ORDER BY c.n DESC") == [39, 38, 37]
    assert len(await ask(spread, "SELECT TOP 12 * FROM c")) == 12
    assert await ask(spread, "SELECT TOP 0 * FROM c") == []
    window = "SELECT VALUE c.n FROM c ORDER BY c.n OFFSET @over LIMIT @most"
    assert await ask(spread, window, over=9, most=11) == list(range(9, 20))
    assert await ask(spread, window, over=38, most=11) == [38, 39]
    assert len(await ask(spread, "SELECT * FROM c OFFSET 35 LIMIT 10")) == 5


@pytest.mark.parametrize(
    ("aggregate", "where", "expected"),
    [
        ("COUNT(1)", "c.view = @view", 30),
        ("COUNT(1)", "c.n < 0", 0),
        ("COUNT(c.nothing)", "true", 0),
        ("SUM(c.n)", "c.view = @view", sum(item["n"] for item in ITEMS if item["n"] % 4)),
        ("MIN(c.n)", "c.n > 36", 37),
        ("MAX(c.n)", "c.n < 3", 2),
        ("MIN(c.stream)", "true", "s00"),
        ("MAX(c.data.available)", "true", 4),
    ],
)
async def test_aggregates_count_over_all_partitions(
    aggregate: str, where: str, expected: Any, spread: ContainerProxy
) -> None:
    found = await ask(spread, f"SELECT VALUE {aggregate} FROM c WHERE {where}", view="levels")

    assert found == [expected]


async def test_a_range_without_values_has_no_part_in_the_least(spread: ContainerProxy) -> None:
    for n in range(8):
        assert await ask(spread, "SELECT VALUE MIN(c.n) FROM c WHERE c.n = @n", n=n) == [n]


async def test_a_view_is_walked_page_by_page_from_the_last_position(spread: ContainerProxy) -> None:
    walked: list[Item] = []
    values: dict[str, Any] = {"v": -1, "k": "", "s": ""}
    while page := await ask(spread, KEYSET, view="levels", low=1, **values):
        walked += page
        values = dict(zip("vks", position(page[-1]), strict=True))

    chosen = [i for i in ITEMS if i["view"] == "levels" and i["data"]["available"] >= 1]
    assert [item["n"] for item in walked] == [item["n"] for item in sorted(chosen, key=position)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT DISTINCT VALUE c.key FROM c", ["k0", "k1", "k2"]),
        ("SELECT DISTINCT VALUE c.key FROM c ORDER BY c.key", ["k0", "k1", "k2"]),
        ("SELECT DISTINCT VALUE c.key FROM c ORDER BY c.key DESC", ["k2", "k1", "k0"]),
        ("SELECT VALUE AVG(c.n) FROM c", [19.5]),
    ],
)
async def test_what_several_ranges_have_is_merged(
    query: str, expected: list[Any], spread: ContainerProxy
) -> None:
    found = await ask(spread, query)

    assert (found if "ORDER" in query else sorted(found)) == expected


async def test_items_come_in_the_order_of_their_writing(spread: ContainerProxy) -> None:
    found = await ask(spread, "SELECT * FROM c ORDER BY c._ts")

    assert [item["_ts"] for item in found] == sorted(item["_ts"] for item in found)
    assert len(found) == len(ITEMS)


@pytest.mark.parametrize(
    "query",
    ["SELECT c.key, COUNT(1) AS n FROM c GROUP BY c.key", "SELECT COUNT(1) AS n FROM c"],
)
async def test_what_the_client_cannot_merge_is_refused_by_name(
    query: str, spread: ContainerProxy
) -> None:
    with pytest.raises(CosmosHttpResponseError, match=r"does not support|VALUE <AggregateFunc>"):
        await ask(spread, query)


def test_a_rewritten_query_means_what_was_asked() -> None:
    where = (
        "NOT (c.a = 'it\"s' OR c.b[0] != -1.5) AND c.n IN (1, @two) AND c.n BETWEEN 1 AND @three"
        " AND ARRAY_CONTAINS([1, {'x': null}], c.d) AND STARTSWITH(c['a b'], \"é\") AND c.e = true"
    )
    plan = query_plan(f"SELECT TOP 5 * FROM c WHERE {where}", {})

    rewritten = parse(plan["queryInfo"]["rewrittenQuery"])

    assert rewritten == parse(f"SELECT TOP 5 * FROM c WHERE {where}")
