"""Headers, containers and lists: what cannot be is refused, what is not supported has a name."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from emulators.tests.cosmos.rest import DOCS, PK, Rest, create, key, make

MANY = [{"path": f"/{number}/?"} for number in range(1501)]
FEED = {"A-IM": "Incremental Feed", "x-ms-documentdb-partitionkeyrangeid": "0"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"x-ms-continuation": "x"}, 400),
        ({"x-ms-continuation": "[]"}, 400),
        ({"x-ms-continuation": '[1, ["0"], 3, false]'}, 400),
        ({"x-ms-max-item-count": "many"}, 400),
        ({"x-ms-max-item-count": "0"}, 200),
        ({"x-ms-max-item-count": "-1"}, 200),
        ({"x-ms-documentdb-partitionkey": "["}, 400),
        ({"x-ms-documentdb-partitionkeyrangeid": "9"}, 410),
        ({"x-ms-documentdb-pre-trigger-include": "t"}, 501),
        ({"x-ms-cosmos-populateindexmetrics": "True"}, 501),
        ({"x-ms-indexing-directive": "Exclude"}, 501),
        ({"x-ms-documentdb-populatepartitionstatistics": "True"}, 501),
        ({"x-ms-indexing-directive": "Default"}, 200),
    ],
)
async def test_a_header_that_cannot_be_is_refused(
    headers: dict[str, str], status: int, client: Rest
) -> None:
    assert (await client.query(DOCS, "SELECT * FROM c", headers=headers)).status == status


@pytest.mark.parametrize("body", [[1], {}, {"query": 1}, {"query": "SELECT 1", "parameters": [1]}])
async def test_a_query_that_is_none_is_refused(body: Any, client: Rest) -> None:
    answer = await client.ask(
        "POST", DOCS, body, headers={"content-type": "application/query+json", **key("p")}
    )

    assert answer.status == 400


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"If-None-Match": "x"}, 400),
        ({"If-Modified-Since": "x"}, 400),
        ({"A-IM": "Full-Fidelity Feed"}, 501),
        ({"x-ms-documentdb-partitionkeyrangeid": "9"}, 410),
        ({"If-None-Match": "*"}, 304),
    ],
)
async def test_a_feed_that_cannot_be_is_refused(
    headers: dict[str, str], status: int, client: Rest
) -> None:
    assert (await client.ask("GET", DOCS, headers={**FEED, **headers})).status == status


async def test_the_change_feed_starts_at_a_moment(client: Rest) -> None:
    await create(client, {"id": "1", "pk": "p"})
    headers = {"A-IM": "Incremental Feed", **key("p")}
    ids = []
    for hours in (-1, 1):
        since = format_datetime(datetime.now(UTC) + timedelta(hours=hours), usegmt=True)
        found = await client.ask("GET", DOCS, headers={**headers, "If-Modified-Since": since})
        ids.append([one["id"] for one in (found.body or {"Documents": []})["Documents"]])

    assert ids == [["1"], []]


@pytest.mark.parametrize(
    ("settings", "status"),
    [
        ({"id": "a/b"}, 400),
        ({"id": "x" * 256}, 400),
        ({"id": None}, 400),
        ({"partitionKey": None}, 501),
        ({"partitionKey": {"paths": ["pk"]}}, 400),
        ({"partitionKey": {"paths": ["/a", "/b"], "kind": "MultiHash"}}, 501),
        ({"partitionKey": {**PK, "version": 1}}, 501),
        ({"indexingPolicy": {"indexingMode": "none", "automatic": False}}, 501),
        ({"indexingPolicy": {"includedPaths": [{"path": "/a/?"}]}}, 400),
        ({"indexingPolicy": {"includedPaths": [{"path": "/*"}, {"path": "/*"}]}}, 400),
        ({"indexingPolicy": {"includedPaths": [{"path": "/*"}], "compositeIndexes": [[1]]}}, 400),
        ({"indexingPolicy": {"includedPaths": [{"path": "/*"}], "vectorIndexes": [1]}}, 501),
        ({"indexingPolicy": 1}, 400),
        ({"computedProperties": [{"name": "a", "query": "b"}]}, 501),
        ({"changeFeedPolicy": {"retentionDuration": 10}}, 501),
        ({"conflictResolutionPolicy": {"mode": "Custom"}}, 501),
        ({"uniqueKeyPolicy": {"uniqueKeys": [{"paths": []}]}}, 400),
        ({"uniqueKeyPolicy": {"uniqueKeys": [{"paths": [f"/{n}"]} for n in range(11)]}}, 400),
        ({"uniqueKeyPolicy": {"uniqueKeys": [{"paths": [f"/{n}" for n in range(17)]}]}}, 400),
        ({"indexingPolicy": {"excludedPaths": [{"path": "/*"}], "includedPaths": MANY}}, 400),
        ({"indexingPolicy": {"compositeIndexes": [[{"path": f"/{n}"} for n in range(9)]]}}, 400),
        ({"indexingPolicy": {"compositeIndexes": [[{"path": "/a"}, {"path": "/b"}]] * 101}}, 400),
    ],
)
async def test_a_container_that_cannot_be_is_refused(
    settings: dict[str, Any], status: int, client: Rest
) -> None:
    answer = await make(client, **{"id": "other", **settings})

    assert answer.status == status
    assert answer.message


async def test_a_name_that_is_too_long_is_told_as_the_service_tells_it(client: Rest) -> None:
    name = "x" * 256

    answers = [await make(client, id=name), await client.ask("POST", "/dbs", {"id": name})]

    words = f"The input name '{name}' is invalid. Ensure to provide a unique non-empty string less"
    assert {one.message for one in answers} == {f"{words} than '255' characters."}
    item = await create(client, {"id": "x" * 1024, "pk": "p"})
    assert item.message.endswith("less than '1024' characters.")


async def test_a_container_shows_its_default_policy(client: Rest) -> None:
    shown = (await client.ask("GET", "/dbs/d/colls/c")).body

    assert shown["indexingPolicy"] == {
        "indexingMode": "consistent",
        "automatic": True,
        "includedPaths": [{"path": "/*"}],
        "excludedPaths": [{"path": '/"_etag"/?'}],
    }


async def test_the_etag_has_no_index_whatever_the_policy_says(client: Rest) -> None:
    policy = {"includedPaths": [{"path": "/*"}], "excludedPaths": [{"path": "/a/*"}]}
    await make(client, id="other", indexingPolicy=policy)

    shown = await client.ask("GET", "/dbs/d/colls/other")

    excluded = [one["path"] for one in shown.body["indexingPolicy"]["excludedPaths"]]
    assert excluded == ["/a/*", '/"_etag"/?']
    assert shown.headers["x-ms-documentdb-collection-index-transformation-progress"] == "100"


async def test_a_policy_is_shown_without_kinds_of_indexes(client: Rest) -> None:
    kinds = [{"kind": "Hash", "dataType": "String"}, {"kind": "Range", "dataType": "Number"}]
    policy = {"includedPaths": [{"path": "/*", "indexes": kinds}]}

    made = await make(client, id="other", indexingPolicy=policy)

    assert made.body["indexingPolicy"]["includedPaths"] == [{"path": "/*"}]


async def test_databases_containers_and_items_are_listed_and_asked_for(client: Rest) -> None:
    await create(client, {"id": "1", "pk": "p"})
    await make(client, id="e")
    query = "SELECT VALUE c.id FROM c WHERE c.id != 'e'"

    lists = [await client.ask("GET", path) for path in ("/dbs", "/dbs/d/colls", DOCS)]
    asked = [await client.query(path, query) for path in ("/dbs", "/dbs/d/colls")]

    names = ("Databases", "DocumentCollections", "Documents")
    ids = [
        [one["id"] for one in answer.body[name]] for name, answer in zip(names, lists, strict=True)
    ]
    assert ids == [["d"], ["c", "e"], ["1"]]
    assert [one.headers["x-ms-item-count"] for one in lists] == ["1", "2", "1"]
    assert [one.body[name] for name, one in zip(names, asked, strict=False)] == [["d"], ["c"]]


async def test_what_is_deleted_is_gone_with_all_that_it_held(client: Rest) -> None:
    await create(client, {"id": "1", "pk": "p"})

    assert (await client.ask("DELETE", "/dbs/d")).status == 204

    assert (await client.ask("GET", "/dbs/d")).status == 404
    await client.ask("POST", "/dbs", {"id": "d"})
    await make(client)
    assert (await client.ask("GET", f"{DOCS}/1", headers=key("p"))).status == 404


async def test_a_link_may_have_ids_for_names(client: Rest) -> None:
    item = (await create(client, {"id": "1", "pk": "p"})).body
    container = (await client.ask("GET", "/dbs/d/colls/c")).body

    by_self = await client.ask(
        "GET", f"/{item['_self'].rstrip('/')}", by_rid=True, headers=key("p")
    )
    feed = await client.ask("GET", f"/{container['_self']}docs", by_rid=True)

    assert by_self.body == item
    assert feed.body["_rid"] == container["_rid"]
    assert feed.body["_count"] == 1


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("/dbs/d/colls/c/sprocs", "stored procedures"),
        ("/dbs/d/colls/c/triggers/t", "triggers"),
        ("/dbs/d/colls/c/udfs", "user-defined functions"),
        ("/dbs/d/users/u/permissions", "permissions"),
        ("/dbs/d/colls/c/conflicts", "conflicts"),
        ("/dbs/d/colls/c/sprocs/s/x", "stored procedures"),
    ],
)
async def test_what_is_not_supported_has_a_name(path: str, what: str, client: Rest) -> None:
    answer = await client.ask("GET", path)

    assert (answer.status, answer.body["code"]) == (501, "NotImplemented")
    assert what in answer.message


async def test_answers_carry_what_clients_read(client: Rest) -> None:
    mine = {"x-ms-activity-id": "00000000-0000-0000-0000-000000000001"}
    created = await create(client, {"id": "1", "pk": "p"})
    deleted = await client.ask("DELETE", f"{DOCS}/1", headers={**key("p"), **mine})
    shown = (await client.ask("GET", "/")).body
    by_name = Rest(client.http, client.url.replace("127.0.0.1", "localhost"))

    assert len(created.headers["x-ms-activity-id"]) == 36
    assert deleted.headers["x-ms-activity-id"] == mine["x-ms-activity-id"]
    assert "x-ms-session-token" in deleted.headers
    assert created.headers["Content-Location"] == f"{client.url}{DOCS}"
    assert (await by_name.ask("GET", "/")).body == shown
    assert shown["writableLocations"] == shown["readableLocations"]
    assert shown["writableLocations"][0]["databaseAccountEndpoint"] == f"{client.url}/"
    assert json.loads(shown["queryEngineConfiguration"])["sqlAllowGroupByClause"] is True
