"""Items whose time is over are gone, with their unique keys."""

from typing import Any

import pytest

from emulators.tests.cosmos.rest import DOCS, PK, Rest, create, key, make
from emulators.tests.waiting import until


async def test_an_item_goes_when_its_time_is_over(client: Rest) -> None:
    assert (await make(client, id="brief", defaultTtl=-1, uniqueKeyPolicy=UNIQUE)).status == 201
    docs = "/dbs/d/colls/brief/docs"
    for number, ttl in enumerate((1, -1, None)):
        item = {"id": str(number), "pk": "p", "u": number, **({"ttl": ttl} if ttl else {})}
        assert (await client.ask("POST", docs, item, headers=key("p"))).status == 201

    async def left() -> list[str]:
        found: list[str] = (await client.query(docs, "SELECT VALUE c.id FROM c")).body["Documents"]
        return found

    assert await left() == ["0", "1", "2"]
    assert await until(left, lambda ids: "0" not in ids) == ["1", "2"]
    assert (await client.ask("GET", f"{docs}/0", headers=key("p"))).status == 404
    # Its unique key is free again.
    again = {"id": "3", "pk": "p", "u": 0}
    assert (await client.ask("POST", docs, again, headers=key("p"))).status == 201


UNIQUE = {"uniqueKeys": [{"paths": ["/u"]}]}


async def test_a_container_gives_its_items_a_time(client: Rest) -> None:
    for id_ in ("short", "kept"):
        own = {"ttl": -1} if id_ == "kept" else {}
        await create(client, {"id": id_, "pk": "p", **own})
    changed = await client.ask(
        "PUT", "/dbs/d/colls/c", {"id": "c", "partitionKey": PK, "defaultTtl": 1}
    )
    assert (changed.status, changed.body["defaultTtl"]) == (200, 1)

    async def left() -> list[str]:
        found: list[str] = (await client.query(DOCS, "SELECT VALUE c.id FROM c")).body["Documents"]
        return found

    assert await until(left, lambda ids: len(ids) < 2) == ["kept"]


async def test_without_a_time_of_the_container_nothing_goes(client: Rest) -> None:
    await create(client, {"id": "1", "pk": "p", "ttl": 1})
    await make(client, id="clock", defaultTtl=1)
    docs = "/dbs/d/colls/clock/docs"
    await client.ask("POST", docs, {"id": "1", "pk": "p"}, headers=key("p"))

    async def gone() -> bool:
        return (await client.ask("GET", f"{docs}/1", headers=key("p"))).status == 404

    await until(gone)
    assert (await client.ask("GET", f"{DOCS}/1", headers=key("p"))).status == 200


@pytest.mark.parametrize("ttl", [0, -2, "x", 1.5, True, 2**31])
async def test_a_time_to_live_is_a_number_of_seconds(ttl: Any, client: Rest) -> None:
    item = await create(client, {"id": "1", "pk": "p", "ttl": ttl})
    container = await make(client, id="other", defaultTtl=ttl)

    assert (item.status, container.status) == (400, 400)
    assert f"The input ttl '{ttl}' is invalid" in item.message


async def test_an_item_has_a_time_to_live_or_none_but_not_null(client: Rest) -> None:
    assert (await create(client, {"id": "1", "pk": "p", "ttl": None})).status == 400
