"""Queries that Azure refuses, and long ones that it does not."""

import json

import pytest

from emulators.tests.cosmos.rest import DOCS, Rest, create, key, make


async def test_a_query_over_partitions_that_nobody_enabled_is_refused(client: Rest) -> None:
    off = {"x-ms-documentdb-query-enablecrosspartition": "False"}

    refused = await client.query(DOCS, "SELECT * FROM c WHERE c.n = 1", headers=off)
    pinned = await client.query(DOCS, "SELECT * FROM c WHERE c.n = 1 AND c.pk = 'p'", headers=off)
    enabled = await client.query(DOCS, "SELECT * FROM c WHERE c.n = 1")

    assert refused.status == 400
    assert "Cross partition query is required but disabled" in refused.message
    assert (pinned.status, enabled.status) == (200, 200)


@pytest.mark.parametrize(
    ("included", "excluded", "path", "served"),
    [
        (["/"], ["/a/*"], "c.b", True),
        (["/a/?"], ["/*"], "c.a", True),
        (["/a/?"], ["/*"], "c.b", False),
        (["/a/?"], ["/*"], "c.a.b", False),
        (["/a/*"], ["/*"], "c.a.b", True),
        (["/*"], ["/a/*"], "c.a.b", False),
        (["/*", "/a/b/?"], ["/a/*"], "c.a.b", True),
        (["/a/?"], ["/*"], "c._ts", True),
        (["/a/?"], ["/*"], "c.id", True),
    ],
)
async def test_an_order_needs_an_index(
    included: list[str],
    excluded: list[str],
    path: str,
    *,
    served: bool,
    client: Rest,
) -> None:
    policy = {
        "includedPaths": [{"path": one} for one in included],
        "excludedPaths": [{"path": one} for one in excluded],
    }
    assert (await make(client, id="ordered", indexingPolicy=policy)).status == 201

    answer = await client.query(
        "/dbs/d/colls/ordered/docs", f"SELECT * FROM c ORDER BY {path}", headers=key("p")
    )

    if served:
        assert answer.status == 200
    else:
        assert answer.status == 400
        assert answer.message == (
            "The index path corresponding to the specified order-by item is excluded."
        )


async def test_what_the_gateway_cannot_serve_comes_with_its_plan(client: Rest) -> None:
    answer = await client.query(DOCS, "SELECT VALUE MIN(c.n) FROM c")
    plan = json.loads(answer.body["additionalErrorInfo"])
    part = await client.query(
        DOCS,
        plan["queryInfo"]["rewrittenQuery"],
        headers={"x-ms-documentdb-partitionkeyrangeid": "0"},
    )

    assert (answer.status, answer.substatus) == (400, 1004)
    assert plan["queryInfo"]["aggregates"] == ["Min"]
    assert part.body["Documents"] == [[{"item2": {"count": 0}}]]


async def test_a_client_that_cannot_merge_is_told_what(client: Rest) -> None:
    headers = {
        "x-ms-cosmos-is-query-plan-request": "True",
        "x-ms-cosmos-supported-query-features": "Aggregate, OrderBy",
    }

    answer = await client.query(DOCS, "SELECT c.a, COUNT(1) FROM c GROUP BY c.a", headers=headers)

    assert answer.status == 400
    assert "Query contained GroupBy, which the calling client does not support." in answer.message


@pytest.mark.parametrize(
    ("query", "code", "sentence", "place"),
    [
        ("SELECT * FORM c", "SC1001", "Syntax error, incorrect syntax near 'FORM'.", (9, 13)),
        (
            "selectttt * FROM c",
            "SC1001",
            "Syntax error, incorrect syntax near 'selectttt'.",
            (0, 9),
        ),
        (
            "SELECT * FROM c WHERE c.n = ",
            "SC1002",
            "Syntax error, unexpected end-of-file.",
            (28, 28),
        ),
        ("", "SC1002", "Syntax error, unexpected end-of-file.", (0, 0)),
        ("SELECT * FROM c;", "SC1010", "Syntax error, invalid token ';'.", (15, 16)),
        (
            "SELECT c.a FROM c WHERE a = 1",
            "SC2001",
            "Identifier 'a' could not be resolved.",
            (24, 25),
        ),
    ],
)
async def test_what_is_wrong_with_a_query_is_told_with_its_code_and_place(
    query: str, code: str, sentence: str, place: tuple[int, int], client: Rest
) -> None:
    refused = await client.query(DOCS, query, headers=key("p"))

    location = dict(zip(("start", "end"), place, strict=True))
    error = {"severity": "Error", "location": location, "code": code, "message": sentence}
    assert refused.status == 400
    assert json.loads(refused.message.removeprefix("Message: ")) == {"errors": [error]}


@pytest.mark.parametrize("words", [" OR ", " AND "])
async def test_a_condition_may_be_long(words: str, client: Rest) -> None:
    await create(client, {"id": "1", "pk": "p", "n": 1})
    condition = words.join(f"c.n {'=' if 'OR' in words else '!='} {n}" for n in range(1000))

    found = await client.query(DOCS, f"SELECT VALUE c.id FROM c WHERE {condition}")

    assert found.body["Documents"] == (["1"] if "OR" in words else [])


@pytest.mark.parametrize(
    "text", ["SELECT * FROM c" + " " * 512 * 1024, "SELECT c.id FROM c" + " JOIN a IN c.a" * 11]
)
async def test_a_query_is_only_so_long(text: str, client: Rest) -> None:
    answer = await client.query(DOCS, text, headers=key("p"))

    assert answer.status == 400
    assert str(512 * 1024) in answer.message or "at most 10 JOINs" in answer.message


async def test_a_page_ends_where_the_service_ends_it(client: Rest) -> None:
    for number in range(3):
        await create(client, {"id": str(number), "pk": "p", "text": "x" * 1_900_000})

    first = await client.query(DOCS, "SELECT VALUE c FROM c", headers=key("p"))
    on = {"x-ms-continuation": first.headers["x-ms-continuation"], **key("p")}
    second = await client.query(DOCS, "SELECT VALUE c FROM c", headers=on)
    feed = await client.ask("GET", DOCS, headers={"A-IM": "Incremental Feed", **key("p")})

    assert [one.body["_count"] for one in (first, second, feed)] == [2, 1, 2]


async def test_a_condition_may_be_nested(client: Rest) -> None:
    await create(client, {"id": "1", "pk": "p", "n": 1})
    condition = "c.n = 1"
    for number in range(60):
        condition = f"({condition} {'AND' if number % 2 else 'OR'} c.n = {1 + number % 2})"
    condition += f" AND c.n < {10**30} AND c.n != '\\ud800'"

    found = await client.query(DOCS, f"SELECT VALUE c.id FROM c WHERE {condition}")

    assert found.status == 200


async def test_a_read_of_many_items_looks_at_no_others(client: Rest) -> None:
    # As the SDKs read many: each by id and partition key, a thousand in a query.
    for n in range(20):
        await create(client, {"id": f"{n}", "pk": f"{n}"}, f"{n}")
    wanted = " OR ".join(f"(c.id = '{n}' AND c.pk = '{n}')" for n in range(17, 1_017))

    found = await client.query(DOCS, f"SELECT * FROM c WHERE {wanted}")

    assert sorted(one["id"] for one in found.body["Documents"]) == ["17", "18", "19"]
    assert float(found.headers["x-ms-request-charge"]) == pytest.approx(2.3 + 0.05 * 3)


@pytest.mark.parametrize(
    ("query", "retrieved"),
    [
        ("SELECT VALUE COUNT(1) FROM c", 0),
        ("SELECT VALUE COUNT(1) FROM c WHERE c.pk = 'p'", 2),
        ("SELECT VALUE COUNT(c.n) FROM c", 2),
        ("SELECT * FROM c", 2),
    ],
)
async def test_a_count_of_everything_retrieves_nothing(
    query: str, retrieved: int, client: Rest
) -> None:
    for n in range(2):
        await create(client, {"id": f"{n}", "pk": "p"})
    headers = {**key("p"), "x-ms-documentdb-populatequerymetrics": "true"}

    found = await client.query(DOCS, query, headers=headers)

    metrics = dict(
        entry.split("=") for entry in found.headers["x-ms-documentdb-query-metrics"].split(";")
    )
    assert int(metrics["retrievedDocumentCount"]) == retrieved
    assert (int(metrics["retrievedDocumentSize"]) == 0) is (retrieved == 0)
    assert float(metrics["indexUtilizationRatio"]) == (0.5 if "COUNT" in query and retrieved else 1)
