"""Throughput is shown and changed as an offer, and decides on the number of physical partitions."""

import json
from typing import Any

import pytest

from emulators.tests.cosmos.rest import QUERY, Answer, Rest, make

AUTOSCALE = "x-ms-cosmos-offer-autopilot-settings"
TOO_LITTLE = (
    "The offer should have valid throughput values between 400 and 1000000 inclusive in increments of"
    " 100. Requested throughput 300 is less than required minimum throughput 400."
)
UNEVEN = (
    "The offer should have valid throughput values between 400 and 1000000 inclusive in increments of"
    " 100."
)


def manual(units: int) -> dict[str, str]:
    return {"x-ms-offer-throughput": str(units)}


def autoscaled(units: int) -> dict[str, str]:
    return {AUTOSCALE: json.dumps({"maxThroughput": units})}


async def made(client: Rest, name: str, headers: dict[str, str]) -> Answer:
    body = {"id": name, "partitionKey": {"paths": ["/pk"]}}
    return await client.ask("POST", "/dbs/d/colls", body, headers=headers)


async def offer_of(client: Rest, resource: Answer) -> dict[str, Any]:
    [found] = await offers(client, resource.body["_self"])
    return found


async def offers(client: Rest, link: str) -> list[dict[str, Any]]:
    text = "SELECT * FROM root r WHERE r.resource=@link"
    query = {"query": text, "parameters": [{"name": "@link", "value": link}]}
    answered = await client.ask("POST", "/offers", query, headers=QUERY)
    found: list[dict[str, Any]] = answered.body["Offers"]
    return found


async def ranges(client: Rest, name: str) -> int:
    answered = await client.ask("GET", f"/dbs/d/colls/{name}/pkranges")
    return len(answered.body["PartitionKeyRanges"])


@pytest.mark.parametrize(
    ("headers", "count"),
    [(manual(400), 1), (manual(12_000), 2), (manual(30_000), 5), (autoscaled(7_000), 2), ({}, 4)],
)
async def test_throughput_decides_on_the_number_of_partitions(
    client: Rest, headers: dict[str, str], count: int
) -> None:
    created = await made(client, "x", headers)

    assert created.status == 201
    assert await ranges(client, "x") == count


async def test_an_offer_is_found_by_what_it_is_for(client: Rest) -> None:
    created = await made(client, "x", autoscaled(7_000))

    offer = await offer_of(client, created)
    by_id = await client.ask("GET", f"/{offer['_self'].strip('/')}", by_rid=True)

    assert offer["content"]["offerAutopilotSettings"] == {"maxThroughput": 7_000}
    assert offer["offerResourceId"] == created.body["_rid"]
    assert by_id.body == offer


async def test_what_is_given_no_throughput_has_the_least(client: Rest) -> None:
    offer = await offer_of(client, await made(client, "x", {}))

    assert offer["content"] == {"offerThroughput": 400}


async def test_containers_share_the_throughput_of_their_database(client: Rest) -> None:
    shared = await client.ask("POST", "/dbs", {"id": "shared"}, headers=manual(1_000))
    body = {"id": "x", "partitionKey": {"paths": ["/pk"]}}
    created = await client.ask("POST", "/dbs/shared/colls", body)

    assert (await offer_of(client, shared))["content"] == {"offerThroughput": 1_000}
    assert await offers(client, created.body["_self"]) == []
    await client.ask("DELETE", "/dbs/shared")
    assert await offers(client, shared.body["_self"]) == []


async def test_more_than_the_partitions_can_give_splits_them(client: Rest) -> None:
    offer = await offer_of(client, await made(client, "x", manual(400)))
    place = f"/offers/{offer['id']}"

    within = await client.ask(
        "PUT", place, {**offer, "content": {"offerThroughput": 10_000}}, by_rid=True
    )
    before = await ranges(client, "x")
    await client.ask("PUT", place, {**offer, "content": {"offerThroughput": 25_000}}, by_rid=True)

    assert within.body["content"] == {"offerThroughput": 10_000}
    assert within.body["_etag"] != offer["_etag"]
    assert (before, await ranges(client, "x")) == (1, 3)


async def test_an_offer_goes_with_what_it_is_for(client: Rest) -> None:
    link = (await made(client, "x", manual(400))).body["_self"]
    there = await offers(client, link)
    await client.ask("DELETE", "/dbs/d/colls/x")
    left = await client.ask("GET", "/offers")
    await client.ask("DELETE", "/dbs/d")

    assert [len(there), await offers(client, link)] == [1, []]
    assert left.body["_count"] == 1
    assert (await client.ask("GET", "/offers")).body["Offers"] == []


@pytest.mark.parametrize(
    ("headers", "sentence"),
    [
        (manual(300), TOO_LITTLE),
        (manual(450), UNEVEN),
        (autoscaled(1_500), UNEVEN.replace("400", "1000").replace("of 100", "of 1000")),
        (
            {"x-ms-offer-throughput": "many"},
            "The value of offer throughput specified is invalid. Please enter valid positive integer.",
        ),
        (
            autoscaled(1_000) | manual(400),
            f"Either x-ms-offer-throughput or {AUTOSCALE} is given, not both.",
        ),
    ],
)
async def test_throughput_that_cannot_be_is_refused(
    client: Rest, headers: dict[str, str], sentence: str
) -> None:
    refused = await made(client, "x", headers)

    assert (refused.status, refused.message) == (400, sentence)


async def test_an_offer_that_is_not_there_or_cannot_be_is_refused(client: Rest) -> None:
    offer = await offer_of(client, await make(client, id="x"))

    gone = await client.ask("GET", "/offers/none", by_rid=True)
    empty = await client.ask("PUT", f"/offers/{offer['id']}", {}, by_rid=True)
    switched = await client.ask(
        *("PUT", f"/offers/{offer['id']}", offer),
        by_rid=True,
        headers={"x-ms-cosmos-migrate-offer-to-autopilot": "true"},
    )

    assert [gone.status, empty.status, switched.status] == [404, 400, 501]
    assert "a change from manual throughput to autoscale" in switched.message
