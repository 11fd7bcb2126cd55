"""What a delivery is answered, and what becomes of it: nothing is lost, and nothing is sent again in vain."""

import json
from typing import Any
from uuid import UUID

import pytest

from consumers.webhooks.endpoint import LARGEST, MOST_EVENTS
from shared.kernel.errors import StoreUnavailable
from tests.consumers.webhooks.worlds import (
    DISPATCHED,
    SUPPLIER,
    Struggling,
    World,
    cloud,
    delivered,
    delivery,
    grid,
)


@pytest.mark.parametrize("event", [cloud(), grid()], ids=["CloudEvents", "Event Grid"])
async def test_a_delivery_takes_effect_once_however_often_it_comes(event: dict[str, Any]) -> None:
    world = World()

    assert [await world.status(event) for _ in range(3)] == [200] * 3
    assert await world.status([event, event]) == 200
    assert world.effects() == [DISPATCHED]


async def test_what_follows_is_told_others_under_an_id_that_does_not_give_the_sender_away() -> None:
    first, again, another = World(), World(), World()
    await first.status(cloud())
    await again.status(grid())
    await another.status(cloud("p2"))

    chains = [world.store.written[0].metadata for world in (first, again, another)]

    assert [one.causation_id for one in chains] == ["/carriers/fast p1"] * 2 + ["/carriers/fast p2"]
    correlations = [one.correlation_id for one in chains]
    assert correlations[0] == correlations[1] != correlations[2]
    assert all(str(UUID(one)) == one for one in correlations)


async def test_the_same_id_of_another_source_is_another_event() -> None:
    world = World()
    await world.register()

    await world.status([delivered(3), delivered(3), {**delivered(4), "source": "/suppliers/other"}])

    assert [event for _, event in world.effects()].count("StockReceived") == 2


async def test_events_that_nobody_waits_for_are_taken() -> None:
    world = World()

    assert await world.status([cloud(type_="com.example.carrier.van-washed", data=[1])]) == 200
    assert await world.status([]) == 200
    assert (world.effects(), await world.parked()) == ([], [])


@pytest.mark.parametrize("secret", [None, "wrong"])
async def test_who_shows_no_secret_is_told_nothing_and_does_nothing(secret: str | None) -> None:
    world = World()

    answer = await world.receiver.receive(delivery([cloud()], secret))

    assert answer.status_code == 401
    assert json.loads(answer.get_body())["code"] == "unauthenticated"
    assert await world.status(b"no json", secret) == 401
    assert (world.effects(), await world.parked()) == ([], [])


async def test_what_cannot_be_read_is_not_sent_again_and_has_no_effect() -> None:
    world = World()

    assert await world.status(b"no json") == 400
    assert await world.status([cloud(), {"id": "p2"}]) == 400
    assert await world.status(b" " * (LARGEST + 1)) == 413
    assert (world.effects(), await world.parked()) == ([], [])


async def test_as_many_events_are_taken_as_can_be_answered_in_time() -> None:
    world = World()
    washed = [
        cloud(f"w{number}", "com.example.carrier.van-washed") for number in range(MOST_EVENTS)
    ]

    assert await world.status(washed) == 200
    assert await world.status([*washed, cloud()]) == 413
    assert world.effects() == []


@pytest.mark.parametrize(
    "media_type",
    [
        "application/json",
        "Application/JSON; charset=utf-8",
        "application/cloudevents+json; charset=utf-8",
    ],
)
async def test_json_is_read_however_it_is_called(media_type: str) -> None:
    assert await World().status(cloud(), content_type=media_type) == 200
    assert await World().status(cloud(), content_encoding="identity") == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"content_type": "text/plain"},
        {"content_type": "application/x-www-form-urlencoded"},
        {"content_type": ""},
        {"content_type": "application/json", "content_encoding": "gzip"},
    ],
)
async def test_nothing_else_is_read(headers: dict[str, str]) -> None:
    world = World()

    answer = await world.receiver.receive(delivery([cloud()], **headers))

    assert answer.status_code == 415
    assert json.loads(answer.get_body())["code"] == "unsupported-media-type"
    assert (world.effects(), await world.parked()) == ([], [])


async def test_what_may_go_well_later_is_sent_again() -> None:
    store = Struggling()
    world = World(store=store)
    store.fault = StoreUnavailable("not now")

    answer = await world.receiver.receive(delivery([cloud()]))

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert (world.effects(), await world.parked()) == ([], [])
    store.fault = None
    assert await world.status([cloud()]) == 200
    assert world.effects() == [DISPATCHED]


async def test_a_bad_event_is_parked_and_the_others_of_its_delivery_are_done() -> None:
    world = World()
    bad = cloud("bad", SUPPLIER, {"sku": "teapot", "quantity": "many"})
    refused = cloud("early", SUPPLIER, {"sku": "teapot", "quantity": 1})

    assert await world.status([bad, refused, cloud()]) == 200

    assert world.effects() == [DISPATCHED]
    told = sorted(error.partition("@1: ")[2] for error in await world.parked())
    assert told[0].startswith("InvalidMessage: com.example.supplier.delivery-arrived")
    assert told[1].startswith("ReactionFailed: ReceiveStock to item-teapot was refused")


@pytest.mark.parametrize("fault", [TimeoutError("too late"), ConnectionResetError("gone")])
async def test_a_fault_that_nobody_named_does_not_park_either(fault: Exception) -> None:
    store = Struggling()
    world = World(store=store)
    store.fault = fault

    assert await world.status([cloud()]) == 503
    with pytest.raises(ExceptionGroup) as raised:
        await world.take(json.dumps(cloud()).encode())
    assert raised.group_contains(type(fault))
    assert (world.effects(), await world.parked()) == ([], [])
    store.fault = None
    assert await world.status([cloud()]) == 200
    assert world.effects() == [DISPATCHED]
