"""A sender delivers what it is bound to, and cannot take the place of another, whatever it shows."""

import json
from typing import Any

import pytest

from tests.consumers.webhooks.tenant import APPLICATION, token
from tests.consumers.webhooks.worlds import (
    CARRIER,
    DISPATCHED,
    SUPPLIER,
    World,
    cloud,
    delivered,
    delivery,
    grid,
)

FORGED = {
    "the event of another source": {**delivered(3), "source": "/suppliers/b"},
    "the event of another type": cloud(type_=CARRIER, source="/suppliers/a"),
    "a source that begins alike": {**delivered(3), "source": "/suppliers/ab"},
    "a source with another case": {**delivered(3), "source": "/SUPPLIERS/A"},
    "another topic of Event Grid": {**grid("d1", SUPPLIER), "topic": "/suppliers/b"},
    "a type that nobody waits for": cloud(type_="van-washed", source="/suppliers/b"),
    "a handshake that is none": {
        **grid("v1", "Microsoft.EventGrid.SubscriptionValidationEvent"),
        "topic": "/suppliers/b",
    },
}


def supplier(**changes: Any) -> World:
    """Give a webhook that knows supplier A alone."""
    return World(sources=("/suppliers/a",), types=("com.example.supplier.*",), **changes)


def of_a(id_: str, quantity: float) -> dict[str, Any]:
    return {**delivered(quantity, id_), "source": "/suppliers/a"}


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)
async def test_what_is_another_senders_is_refused_with_all_that_comes_with_it(
    forged: dict[str, Any],
) -> None:
    world = supplier()
    await world.register()
    before = world.effects()

    for content in (forged, [forged], [of_a("d1", 3), forged], [forged, of_a("d1", 3)]):
        answer = await world.receiver.receive(delivery(content))
        assert (answer.status_code, json.loads(answer.get_body())["code"]) == (403, "not-admitted")

    assert (world.effects(), await world.parked()) == (before, [])
    assert await world.status(of_a("d1", 3)) == 200
    assert world.effects()[-1] == ("item-teapot", "StockReceived")


async def test_attributes_in_headers_are_bound_as_those_in_a_body_are() -> None:
    world = supplier()
    told = {"ce_specversion": "1.0", "ce_id": "d1", "ce_type": SUPPLIER}
    data = {"sku": "teapot", "quantity": 3}
    await world.register()

    # Percent-encoded, it is the same source.
    assert await world.status(data, ce_source="/suppliers/%62", **told) == 403
    assert await world.status(data, ce_source="/suppliers/%61", **told) == 200
    # What the body says of itself is data there.
    assert await world.status({**data, "source": "/suppliers/a"}, ce_source="/s", **told) == 403


async def test_an_application_is_bound_as_a_secret_is() -> None:
    async def verify(_: str) -> str | None:
        return APPLICATION

    world = supplier(verify=verify)
    await world.register()
    shown = {"authorization": f"Bearer {token()}"}

    assert await world.status({**delivered(3), "source": "/suppliers/b"}, None, **shown) == 403
    assert await world.status(of_a("d1", 3), None, **shown) == 200


@pytest.mark.parametrize(
    "other",
    [of_a("d1", 4), {**of_a("d1", 3), "data": {"sku": "cup", "quantity": 3}}, of_a("d1", 0)],
    ids=["another quantity", "another item", "what cannot be read"],
)
async def test_another_body_under_a_known_name_is_parked_and_not_swallowed(
    other: dict[str, Any],
) -> None:
    world = supplier()
    await world.register()
    assert await world.status(of_a("d1", 3)) == 200
    done = world.effects()

    assert [await world.status(other) for _ in range(2)] == [200] * 2

    assert world.effects() == done
    (error,) = await world.parked()
    assert "another body came under this name" in error
    assert await world.decide("release") == 409
    assert await world.decide("skip") == 200
    # What came first is still what it was.
    assert [await world.status(of_a("d1", 3)) for _ in range(2)] == [200] * 2
    assert (world.effects(), await world.parked()) == (done, [])


async def test_the_same_told_in_another_order_or_schema_is_the_same() -> None:
    world = World()
    again = {
        "data": {"customerId": "C1", "orderId": "O1"},
        **cloud(),
        "time": "2026-11-23T12:00:00Z",
    }

    for told in (cloud(), again, grid(), [grid(), cloud()]):
        assert await world.status(told) == 200
    await world.take(json.dumps(grid()).encode())

    assert (world.effects(), await world.parked()) == ([DISPATCHED], [])


@pytest.mark.parametrize("quantity", ["3.0", "3e0", "30E-1", "3.000"])
async def test_a_number_that_is_written_otherwise_is_the_same(quantity: str) -> None:
    world = supplier()
    await world.register()
    assert await world.status(of_a("d1", 3)) == 200
    done = world.effects()

    assert await world.status(of_a("d1", json.loads(quantity))) == 200

    assert (world.effects(), await world.parked()) == (done, [])


async def test_what_the_platform_may_not_bring_is_parked_until_somebody_decides() -> None:
    world = supplier()
    await world.register()
    forged = {**delivered(3), "source": "/suppliers/b"}

    await world.take(json.dumps([forged, of_a("d2", 5)]).encode())
    await world.take(json.dumps(cloud(type_="van-washed")).encode())

    (error,) = await world.parked()
    assert "no setting lets 'tests' deliver it" in error
    assert [event for _, event in world.effects()].count("StockReceived") == 1
    assert await world.decide("release") == 200
    assert [event for _, event in world.effects()].count("StockReceived") == 2


async def test_what_a_sender_may_not_deliver_and_somebody_has_skipped_is_passed_over() -> None:
    world = supplier()
    await world.register()
    forged = json.dumps({**delivered(3), "source": "/suppliers/b"}).encode()
    await world.take(forged)
    done = world.effects()
    assert await world.decide("skip") == 200

    await world.take(forged)

    assert (world.effects(), await world.parked()) == (done, [])
