"""What ordinary samples do beside reading and writing: lists, feeds in pages, many items, items without a key."""

from typing import Any

import pytest
from azure.cosmos import PartitionKey
from azure.cosmos.aio import ContainerProxy, CosmosClient
from azure.cosmos.exceptions import CosmosResourceExistsError
from azure.cosmos.partition_key import NonePartitionKeyValue

from emulators.cosmos.authorization import KEY
from emulators.tests.cosmos.conftest import Account
from emulators.tests.cosmos.rest import DOCS, QUERY, Answer, Rest, create, key, make

COLLS = "/dbs/d/colls"
LISTS = {"/dbs": "Databases", COLLS: "DocumentCollections", DOCS: "Documents"}
EVERYTHING = {
    "/dbs": ["d", "d0", "d1", "d2", "d3"],
    COLLS: ["c", "c0", "c1", "c2", "c3"],
    DOCS: ["0", "1", "2", "3", "4"],
}


async def pages(client: Rest, path: str, headers: dict[str, str], body: Any = None) -> list[Answer]:
    """Read a list in pages of two."""
    found: list[Answer] = []
    headers = {"x-ms-max-item-count": "2", **headers}
    while True:
        found.append(await client.ask("POST" if body else "GET", path, body, headers=headers))
        assert len(found) < 10
        if "x-ms-continuation" not in found[-1].headers:
            return found
        headers["x-ms-continuation"] = found[-1].headers["x-ms-continuation"]


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("asked", [False, True])
async def test_a_list_in_pages_has_everything_once(path: str, client: Rest, *, asked: bool) -> None:
    for n in range(4):
        await client.ask("POST", "/dbs", {"id": f"d{n}"})
        await make(client, id=f"c{n}")
        await create(client, {"id": f"{n}", "pk": "p"})
    await create(client, {"id": "4", "pk": "p"})
    query = {"query": "SELECT * FROM c"} if asked else None

    read = await pages(client, path, QUERY if asked else {}, query)

    seen = [one["id"] for page in read for one in page.body[LISTS[path]]]
    assert sorted(seen) == EVERYTHING[path]
    assert [page.headers["x-ms-item-count"] for page in read] == ["2", "2", "1"]


async def test_databases_and_containers_are_asked_for_with_parameters(cosmos: Account) -> None:
    async with CosmosClient(f"http://127.0.0.1:{cosmos.port}", KEY) as client:
        for name in ("a", "b"):
            database = await client.create_database_if_not_exists(name)
            await client.create_database_if_not_exists(name)
            for container in ("x", "y"):
                await database.create_container_if_not_exists(container, PartitionKey("/pk"))
        one: list[dict[str, Any]] = [{"name": "@id", "value": "b"}]
        text = "SELECT * FROM r WHERE r.id = @id"

        databases = [found async for found in client.query_databases(text, parameters=one)]
        one[0]["value"] = "x"
        containers = [found async for found in database.query_containers(text, parameters=one)]
        listed = [found["id"] async for found in client.list_databases()]
        with pytest.raises(CosmosResourceExistsError):
            await client.create_database("a")

    assert [found["id"] for found in databases] == ["b"]
    assert [found["id"] for found in containers] == ["x"]
    assert listed == ["a", "b"]


async def test_many_items_are_read_at_once(container: ContainerProxy) -> None:
    for n in range(12):
        await container.create_item({"id": f"{n}", "pk": f"p{n % 5}", "u": n})
    wanted = [("3", "p3"), ("7", "p2"), ("11", "p1"), ("3", "p1"), ("none", "p0")]

    found = await container.read_items(wanted)

    assert sorted(one["id"] for one in found) == ["11", "3", "7"]
    assert len([one async for one in container.read_all_items(max_item_count=5)]) == 12


async def test_an_item_may_have_no_partition_key(container: ContainerProxy, client: Rest) -> None:
    await container.create_item({"id": "1", "u": 1})
    await container.create_item({"id": "1", "pk": None, "u": 2})

    by_sdk = await container.read_item("1", partition_key=NonePartitionKeyValue)
    by_header = await client.ask("GET", f"{DOCS}/1", headers=key({}))
    null = await client.ask("GET", f"{DOCS}/1", headers=key(None))
    query = container.query_items("SELECT * FROM c", partition_key=NonePartitionKeyValue)
    await container.delete_item("1", partition_key=NonePartitionKeyValue)
    gone = await client.ask("GET", f"{DOCS}/1", headers=key({}))

    assert [by_sdk["u"], by_header.body["u"], null.body["u"]] == [1, 1, 2]
    assert [one["u"] async for one in query] == []
    assert gone.status == 404


async def test_a_container_is_shown_with_what_it_has_without_being_asked(cosmos: Account) -> None:
    async with CosmosClient(f"http://127.0.0.1:{cosmos.port}", KEY) as client:
        database = await client.create_database("d")
        shown = await (await database.create_container("c", PartitionKey("/pk"))).read()

    assert shown["partitionKey"] == {"paths": ["/pk"], "kind": "Hash", "version": 2}
    assert shown["uniqueKeyPolicy"] == {"uniqueKeys": []}
    assert shown["conflictResolutionPolicy"]["mode"] == "LastWriterWins"
    assert shown["geospatialConfig"] == {"type": "Geography"}
    assert shown["indexingPolicy"]["includedPaths"] == [{"path": "/*"}]


async def test_who_means_a_container_that_was_made_anew_is_told(client: Rest) -> None:
    rid = (await client.ask("GET", f"{COLLS}/c")).body["_rid"]
    meant = {**key("p"), "x-ms-cosmos-intended-collection-rid": rid}
    await create(client, {"id": "1", "pk": "p"})

    before = await client.ask("GET", f"{DOCS}/1", headers=meant)
    await client.ask("DELETE", f"{COLLS}/c")
    await make(client)
    behind = await client.ask("GET", f"{DOCS}/1", headers=meant)

    assert before.status == 200
    assert (behind.status, behind.substatus) == (400, 1024)


@pytest.mark.parametrize(
    ("exclude", "item", "expected"),
    [
        (True, None, [3, 4]),
        (False, None, [2, 2, 3, 4]),
        (True, 1, [2, 3, 4]),
        (False, 2, [2, 3, 4]),
    ],
)
async def test_a_sort_goes_on_behind_what_was_seen(
    item: int | None, expected: list[int], client: Rest, *, exclude: bool
) -> None:
    made = [
        await create(client, {"id": str(n), "pk": "p", "n": value})
        for n, value in enumerate((1, 2, 2, 3, 4))
    ]
    resume: dict[str, Any] = {"value": [2], "exclude": exclude}
    if item is not None:
        resume["rid"] = made[item].body["_rid"]
    body = {"query": "SELECT VALUE c.n FROM c ORDER BY c.n", "resumeFilter": resume}

    found = await client.ask("POST", DOCS, body, headers={**QUERY, **key("p")})

    assert found.body["Documents"] == expected


async def test_all_items_of_a_partition_key_go_at_once(
    container: ContainerProxy, client: Rest
) -> None:
    for n in range(3):
        await container.create_item({"id": f"{n}", "pk": "p" if n else "q", "u": n % 2})

    await container.delete_all_items_by_partition_key("p")
    await container.delete_all_items_by_partition_key("nothing")
    left = [one["id"] async for one in container.read_all_items()]
    place = f"{COLLS}/c/operations/partitionkeydelete"
    without_key = await client.ask("POST", place)
    read = await client.ask("GET", place, headers=key("q"))

    assert left == ["0"]
    # Its unique keys are free again.
    await container.create_item({"id": "1", "pk": "p", "u": 1})
    assert [without_key.status, read.status] == [400, 405]
