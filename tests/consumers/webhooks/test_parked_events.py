"""What becomes of parked events: they are kept whole, and handled again or left alone when somebody decides."""

import json
from dataclasses import replace
from typing import Any

import pytest

from shared.domain.shop import domain
from shared.kernel.errors import StoreUnavailable
from tests.consumers.webhooks.worlds import (
    DISPATCHED,
    SUPPLIER,
    Struggling,
    World,
    cloud,
    delivered,
)
from tests.consumers.worlds import markers


async def test_a_parked_event_is_released_when_its_cause_is_gone() -> None:
    world = World()
    await world.status([delivered(3)])

    assert await world.decide("release") == 409
    await world.register()
    assert await world.decide("release") == 200

    assert ("item-teapot", "StockReceived") in world.effects()
    assert await world.parked() == []
    await world.status([delivered(3)])
    assert [event for _, event in world.effects()].count("StockReceived") == 1


@pytest.mark.parametrize("more", ["é" * 500_000, [[[]]], json.loads("[" * 190 + "]" * 190)])
async def test_a_parked_event_is_kept_whole_however_the_store_would_write_it(more: Any) -> None:
    world = World()
    event = cloud(
        "d1", SUPPLIER, {"sku": "teapot", "quantity": 3, "more": more}, traceparent="x" * 9999
    )
    assert await world.status(json.dumps(event, ensure_ascii=False).encode()) == 200

    (marker,) = await markers(world.parking, "webhooks")
    assert marker.envelope is not None
    assert marker.envelope["data"]["more"] == more
    assert marker.traceparent is None
    assert (marker.envelope["id"], marker.envelope["type"]) == ("d1", SUPPLIER)
    await world.register()
    assert await world.decide("release") == 200
    assert ("item-teapot", "StockReceived") in world.effects()


async def test_a_bug_of_a_receptor_parks_its_event_and_is_told_when_it_is_released() -> None:
    def react(_: Any) -> Any:
        raise ZeroDivisionError("a bug")

    carrier, *others = domain.inbound
    world = World(domain=replace(domain, inbound=(replace(carrier, react=react), *others)))

    assert await world.status([cloud()]) == 200
    (error,) = await world.parked()
    assert "@1: ZeroDivisionError: tests/consumers/webhooks/test_parked_events.py, line " in error
    assert await world.decide("release") == 409
    world.domain = domain
    assert await world.decide("release") == 200
    assert world.effects() == [DISPATCHED]


async def test_a_release_that_meets_an_ill_store_leaves_the_event_parked() -> None:
    store = Struggling()
    world = World(store=store)
    await world.status([delivered(3)])
    await world.register()
    store.fault = StoreUnavailable("not now")

    assert await world.decide("release") == 503
    assert len(await world.parked()) == 1


async def test_a_skipped_event_is_skipped_for_good() -> None:
    world = World()
    await world.status([delivered(3)])

    assert await world.decide("skip") == 200
    assert await world.status([delivered(3)]) == 200
    assert await world.parked() == []
