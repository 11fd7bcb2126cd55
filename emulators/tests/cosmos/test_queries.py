"""Queries with azure-cosmos: each against the items that Python itself would choose."""

from collections.abc import Sequence
from typing import Any

import pytest
from azure.cosmos.aio import ContainerProxy
from azure.cosmos.exceptions import CosmosHttpResponseError

ITEMS = [
    {"id": f"{n:03}", "pk": "p", "u": n, "n": n, "even": n % 2 == 0, "tags": [n % 3], "x": {"y": n}}
    for n in range(30)
]
ITEMS[7]["none"] = None
ITEMS[8]["text"] = "it's"


async def fill(container: ContainerProxy, items: Sequence[dict[str, Any]] = ITEMS) -> None:
    await container.execute_item_batch([("create", (item,)) for item in items], "p")


async def ask(container: ContainerProxy, query: str, **values: Any) -> list[Any]:
    parameters: list[dict[str, Any]] = [
        {"name": f"@{name}", "value": value} for name, value in values.items()
    ]
    found = container.query_items(query, parameters=parameters, partition_key="p")
    return [one async for one in found]


@pytest.mark.parametrize(
    ("where", "values", "expected"),
    [
        ("c.n >= @low AND c.n < @high", {"low": 3, "high": 6}, [3, 4, 5]),
        ("c.n = 1 OR c.n = 2", {}, [1, 2]),
        ("NOT (c.n > 1)", {}, [0, 1]),
        ("c.even = true AND c.n > 25", {}, [26, 28]),
        ("c.even = 1", {}, []),
        ("c.none = null", {}, [7]),
        ("IS_DEFINED(c.text)", {}, [8]),
        ("c.text = @text", {"text": "it's"}, [8]),
        ("c.n = '3'", {}, []),
        ("c.x.y > 27", {}, [28, 29]),
        ("c.x['y'] = 3", {}, [3]),
        ("ARRAY_CONTAINS(@some, c.n)", {"some": [4, 40]}, [4]),
        ("ARRAY_CONTAINS(c.tags, 2) AND c.n < 6", {}, [2, 5]),
        ("STARTSWITH(c.id, '02') AND c.n IN (20, 21, 3)", {}, [20, 21]),
        ("c.n BETWEEN 3 AND 4", {}, [3, 4]),
        ("c.n != 1 AND c.n < 3", {}, [0, 2]),
        ("c.nothing != 1", {}, []),
    ],
)
async def test_a_condition_chooses_what_it_means(
    where: str, values: dict[str, Any], expected: list[int], container: ContainerProxy
) -> None:
    await fill(container)

    found = await ask(container, f"SELECT VALUE c.n FROM c WHERE {where}", **values)

    assert found == expected


async def test_results_have_the_shape_that_is_asked_for(container: ContainerProxy) -> None:
    await fill(container, ITEMS[:2])

    assert await ask(container, "SELECT c.n, c.x.y AS deep FROM c") == [
        {"n": 0, "deep": 0},
        {"n": 1, "deep": 1},
    ]
    assert await ask(container, "SELECT VALUE {'n': c.n, 'a': [c.x.y, c.no, []]} FROM c") == [
        {"n": 0, "a": [0, []]},
        {"n": 1, "a": [1, []]},
    ]
    assert await ask(container, "SELECT VALUE c.x FROM c") == [{"y": 0}, {"y": 1}]
    assert [one["id"] for one in await ask(container, "SELECT * FROM c")] == ["000", "001"]


async def test_results_come_in_the_order_that_is_asked_for(container: ContainerProxy) -> None:
    await fill(container, ITEMS[::-1])

    descending = await ask(container, "SELECT TOP 2 VALUE c.n FROM c ORDER BY c.n DESC")
    window = await ask(container, "SELECT VALUE c.n FROM c ORDER BY c.n OFFSET 3 LIMIT 2")

    assert descending == [29, 28]
    assert window == [3, 4]


async def test_a_nested_property_and_the_partition_key_give_an_order(
    container: ContainerProxy,
) -> None:
    await fill(container, ITEMS[::-1])

    nested = await ask(container, "SELECT TOP 3 VALUE c.n FROM c ORDER BY c.x.y")
    latest = await ask(container, "SELECT TOP 2 VALUE c.n FROM c ORDER BY c.pk DESC, c.n DESC")

    assert nested == [0, 1, 2]
    assert latest == [29, 28]


async def test_booleans_come_before_the_numbers_that_sqlite_takes_them_for(
    container: ContainerProxy,
) -> None:
    values = [0, True, False]
    await fill(container, [{"id": str(v), "pk": "p", "u": str(v), "x": {"y": v}} for v in values])

    assert await ask(container, "SELECT VALUE c.x.y FROM c ORDER BY c.x.y") == [False, True, 0]
    assert await ask(container, "SELECT VALUE c.u FROM c ORDER BY c.u") == ["0", "False", "True"]


async def test_several_types_have_an_order(container: ContainerProxy) -> None:
    values = [7, "a", True, None, [1], {"a": 1}, -1, "B", False]
    await fill(container, [{"id": f"{n}", "pk": "p", "u": n, "x": v} for n, v in enumerate(values)])
    await container.create_item({"id": "none", "pk": "p", "u": "none"})

    up = await ask(container, "SELECT VALUE c.x FROM c ORDER BY c.x")
    first = await ask(container, "SELECT TOP 1 VALUE c.id FROM c ORDER BY c.x")

    assert first == ["none"]
    assert up == [None, False, True, -1, 7, "B", "a", [1], {"a": 1}]
    assert await ask(container, "SELECT VALUE c.x FROM c ORDER BY c.x DESC") == up[::-1]


async def test_aggregates_are_computed(container: ContainerProxy) -> None:
    await fill(container)

    for query, expected in (("COUNT(1)", 30), ("MAX(c.n)", 29), ("MIN(c.n)", 0), ("SUM(c.n)", 435)):
        assert await ask(container, f"SELECT VALUE {query} FROM c") == [expected]


async def test_pages_hold_what_is_asked_for_and_go_on_where_the_last_ended(
    container: ContainerProxy,
) -> None:
    await fill(container)
    query = "SELECT VALUE c.n FROM c ORDER BY c.n"

    pages: Any = container.query_items(query, partition_key="p", max_item_count=12).by_page()
    first = [n async for n in await anext(pages)]
    await container.create_item({"id": "late", "pk": "p", "u": "late", "n": 100})
    token = pages.continuation_token
    again: Any = container.query_items(query, partition_key="p", max_item_count=12).by_page(token)
    rest = [[n async for n in page] async for page in again]

    assert first == list(range(12))
    assert rest == [list(range(12, 24)), list(range(24, 30))]


async def test_pages_without_an_order_hold_everything_once_whatever_comes_meanwhile(
    container: ContainerProxy,
) -> None:
    for n in range(20):
        await container.create_item({"id": "1", "pk": f"p{n}", "n": n})

    pages: Any = container.query_items(
        "SELECT VALUE c.n FROM c WHERE c.n > 4", max_item_count=4
    ).by_page()
    found = [n async for n in await anext(pages)]
    await container.create_item({"id": "late", "pk": "p1", "u": "late", "n": 100})
    found += [n async for page in pages async for n in page]

    assert sorted(found) == list(range(5, 20))


async def test_a_later_page_is_not_dearer_than_the_first(container: ContainerProxy) -> None:
    await fill(container)

    pages: Any = container.query_items(
        "SELECT * FROM c", partition_key="p", max_item_count=10
    ).by_page()
    charges: list[str] = []
    async for page in pages:
        _ = [item async for item in page]
        charges.append(container.client_connection.last_response_headers["x-ms-request-charge"])

    assert len(charges) == 3
    assert max(map(float, charges)) == float(charges[0])


async def test_a_filter_over_all_partitions_finds_everything(container: ContainerProxy) -> None:
    for n in range(20):
        await container.create_item({"id": "1", "pk": f"p{n}", "n": n})

    found: Any = container.query_items("SELECT VALUE c.n FROM c WHERE c.n > 4")

    assert sorted([n async for n in found]) == list(range(5, 20))


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("SELECT UDF.f(c.id) FROM c", 501),
        ("SELECT VALUE EXISTS(SELECT VALUE 1) FROM c", 501),
        ("SELECT VALUE (SELECT VALUE 1) FROM c", 501),
        ("SELECT c.n & 1 FROM c", 501),
        ("SELECT VALUE SIN(c.n) FROM c", 501),
        ("SELECT VALUE c.n FROM c WHERE c.id LIKE '[ab]'", 501),
        ("SELECT TOP 1 COUNT(1) AS n FROM c", 501),
        ("SELECT * FROM c ORDER BY c.n + 1", 501),
        ("SELECT FROM", 400),
        ("DELETE FROM c", 400),
        ("SELECT * FROM c WHERE c.n = @missing", 400),
        ("SELECT * FROM c WHERE d.n = 1", 400),
        ("SELECT * FROM c WHERE COUNT(1) = 1", 400),
        ("SELECT c.n, COUNT(1) FROM c", 400),
        ("SELECT * FROM c JOIN t IN c.tags", 400),
        ("SELECT UPPER(c.id, 1) FROM c", 400),
        ("SELECT TOP 1 * FROM c OFFSET 0 LIMIT 1", 400),
        ("SELECT TOP -1 * FROM c", 400),
        ("SELECT * FROM c ORDER BY c.n, c.id", 400),
        ("SELECT * FROM c WHERE " + "(" * 3000 + "c.n" + ")" * 3000, 400),
    ],
)
async def test_what_is_wrong_or_not_supported_is_refused_by_name(
    query: str, status: int, container: ContainerProxy
) -> None:
    await fill(container, ITEMS[:1])

    with pytest.raises(CosmosHttpResponseError) as refused:
        await ask(container, query)

    assert refused.value.status_code == status
    assert refused.value.message


async def test_a_page_looks_only_at_the_stretch_that_an_index_gives(
    container: ContainerProxy,
) -> None:
    for begin in range(0, 300, 100):
        numbers = range(begin, begin + 100)
        await fill(container, [{"id": str(n), "pk": "p", "u": n, "n": n} for n in numbers])

    await ask(container, "SELECT * FROM c WHERE c.n >= 297")

    charge = float(container.client_connection.last_response_headers["x-ms-request-charge"])
    assert charge == pytest.approx(2.3 + 0.05 * 3)
