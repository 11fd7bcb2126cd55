"""Operators release what was mended and skip what cannot be: the stream comes to exactly the right state."""

import json
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import azure.functions as func
import pytest

from shared.adapters.http.answering import answered
from shared.adapters.http.operations import Operations, list_parked
from shared.adapters.memory import MemoryParking, MemoryRows
from shared.domain.shop.views.stock import stock
from shared.kernel.delivery.parking import Parked
from shared.kernel.errors import StoreUnavailable
from shared.kernel.messages.commit import Commit, RecordedEvent
from shared.kernel.messages.envelope import decode, encode, envelopes
from shared.kernel.ports import StoredParked
from tests.consumers.test_parking import BAD, both, broken, versions, written
from tests.consumers.worlds import World, held, now
from tests.kernel.worlds import commit, received

WHY = {"by": "ann", "reason": "the view is mended"}


def asked(body: object = WHY, stream: str = "item-bad") -> func.HttpRequest:
    return func.HttpRequest(
        method="POST",
        url="/api/operations/parked",
        route_params={"stream": stream},
        body=json.dumps(body).encode(),
    )


def told(response: func.HttpResponse) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(response.get_body())
    return body


def operations(world: World) -> Operations:
    return Operations("projections", world.parking, world.projections.replay, now)


async def release(req: func.HttpRequest, world: World) -> func.HttpResponse:
    return await answered(operations(world).release(req))


async def skip(req: func.HttpRequest, world: World) -> func.HttpResponse:
    """Skip what is parked by now, if the request does not say what."""
    instruction = json.loads(req.get_body())
    marker = await world.parking.find("projections", req.route_params["stream"])
    assert marker
    return await answered(
        operations(world).skip(
            asked({"from": marker.marker.version, **instruction}, req.route_params["stream"])
        )
    )


def registered(length: int) -> list[Commit]:
    name = RecordedEvent("ItemRegistered", 1, {"name": "bad", "reorderPoint": 1})
    return [
        commit(1, name, stream=BAD),
        *(commit(version, received(1), stream=BAD) for version in range(2, length + 1)),
    ]


async def parked_by_a_bug(world_rows: MemoryRows | None = None) -> World:
    store, bodies = await written(*registered(6))
    world = World(world_rows or MemoryRows(), store)
    world.views = (broken(3),)
    await world.project(bodies)
    assert (await versions(world))["bad"] == 3
    return world


async def test_what_is_parked_is_shown_with_the_error() -> None:
    world = await parked_by_a_bug()

    (shown,) = told(await list_parked(world.parking))["parked"]

    assert (shown["consumer"], shown["stream"]) == ("projections", "item-bad")
    assert (shown["from"], shown["lastSeen"]) == (4, 6)
    assert "ZeroDivisionError" in shown["error"]


async def test_what_a_stream_is_parked_at_is_shown_to_whoever_asks_for_it() -> None:
    world = await parked_by_a_bug()

    (listed,) = told(await list_parked(world.parking))["parked"]
    asked_for = {"consumer": "projections", "stream": "item-bad"}
    shown = told(await list_parked(world.parking, asked_for))

    assert "envelope" not in listed
    assert shown.pop("envelope")["id"] == "item-bad@4"
    assert shown == listed
    absent = await answered(list_parked(world.parking, {**asked_for, "consumer": "reactions"}))
    assert absent.status_code == 404


async def test_what_is_parked_is_shown_page_by_page() -> None:
    parking = MemoryParking()
    for consumer in ("webhooks", "projections"):
        for number in range(130):
            stream = f"item-{number:03}"
            await parking.park(replace(held(stream, 1), consumer=consumer))
    found: list[tuple[str, str]] = []
    page = told(await list_parked(parking))

    while True:
        assert len(page["parked"]) <= 100
        found += [(one["consumer"], one["stream"]) for one in page["parked"]]
        if "next" not in page:
            break
        after = parse_qs(urlsplit(page["next"]).query)["after"][0]
        page = told(await list_parked(parking, {"after": after}))

    assert found == [
        (consumer, f"item-{number:03}")
        for consumer in ("projections", "webhooks")
        for number in range(130)
    ]
    wrong = await answered(list_parked(parking, {"after": "nobody/item-1"}))
    assert wrong.status_code == 400


async def test_a_store_that_does_not_answer_is_told_to_whoever_looks() -> None:
    class Away(MemoryParking):
        async def parked(self, *_: object) -> list[Parked]:
            raise StoreUnavailable("not now")

    assert (await answered(list_parked(Away()))).status_code == 503


async def test_a_mended_stream_is_replayed_from_the_store_to_its_tail() -> None:
    world = await parked_by_a_bug()
    world.views = (stock,)

    response = await release(asked(), world)

    assert (response.status_code, told(response)["version"]) == (200, 6)
    assert (await versions(world))["bad"] == 6
    assert told(await list_parked(world.parking))["parked"] == []
    (row,) = await world.rows.of_key("stock", "bad")
    assert row.data["received"] == 5


async def test_a_stream_that_is_not_mended_stays_parked() -> None:
    world = await parked_by_a_bug()

    response = await release(asked(), world)

    assert (response.status_code, told(response)["code"]) == (409, "still-poisonous")
    assert len(told(await list_parked(world.parking))["parked"]) == 1


async def test_an_event_that_cannot_be_mended_is_skipped_for_good() -> None:
    store, bodies = await both(poison=4)
    world = World(MemoryRows(), store)
    await world.project(bodies)

    response = await skip(asked({"by": "ann", "reason": "nobody can read it"}), world)

    assert response.status_code == 200
    assert (await versions(world))["bad"] == 6
    (decision,) = await world.parking.decisions("projections", "item-bad")
    assert (decision.action, decision.version, decision.by) == ("skip", 4, "ann")
    assert decision.reason == "nobody can read it"
    rebuilt = World(MemoryRows(), store)
    rebuilt.parking = world.parking
    await rebuilt.project(bodies)
    assert await versions(rebuilt) == await versions(world)


class Busy(MemoryParking):
    """A parking where an event of the stream arrives while it is being released."""

    world: World
    arrived = False

    async def unpark(self, parked: StoredParked) -> bool:
        if not self.arrived:
            self.arrived = True
            late = commit(7, received(1), stream=BAD)
            await self.world.store.append([late])
            views, self.world.views = self.world.views, (broken(6),)
            await self.world.project([encode(e) for e in envelopes(late)])
            self.world.views = views
        return await super().unpark(parked)


async def test_an_event_that_arrives_during_the_release_is_not_left_behind() -> None:
    world = await parked_by_a_bug()
    busy = Busy()
    busy._markers = world.parking._markers
    busy.world = world
    world.parking = busy
    world.views = (stock,)

    response = await release(asked(), world)

    assert response.status_code == 200
    assert (await versions(world))["bad"] == 7
    assert told(await list_parked(world.parking))["parked"] == []


async def test_who_skips_says_what() -> None:
    world = await parked_by_a_bug()

    response = await answered(operations(world).skip(asked()))

    assert (response.status_code, told(response)["errors"][0]["pointer"]) == (400, "/from")
    assert await world.parking.decisions("projections", "item-bad") == []


@pytest.mark.parametrize("body", [{}, {"by": "ann"}, {"by": "", "reason": "x"}, []])
async def test_a_decision_needs_a_name_and_a_reason(body: object) -> None:
    world = await parked_by_a_bug()

    response = await release(asked(body), world)

    assert response.status_code == 400
    assert await world.parking.decisions("projections", "item-bad") == []


@pytest.mark.parametrize("stream", ["", "..", "a/b", "a\\b", "a?b", "a#b", "a\0b", "x" * 201])
async def test_what_cannot_be_parked_cannot_be_decided_on(stream: str) -> None:
    world = await parked_by_a_bug()

    assert (await release(asked(stream=stream), world)).status_code == 400


@pytest.mark.parametrize("signs_in", [True, False])
async def test_who_decides_is_who_the_platform_has_signed_in(*, signs_in: bool) -> None:
    world = await parked_by_a_bug()
    request = func.HttpRequest(
        method="POST",
        url="/api/operations/parked",
        headers={"X-MS-CLIENT-PRINCIPAL-ID": "bob"},
        route_params={"stream": "item-bad"},
        body=json.dumps(WHY).encode(),
    )

    await answered(replace(operations(world), signs_in=signs_in).release(request))

    (decided,) = await world.parking.decisions("projections", "item-bad")
    assert decided.by == ("bob" if signs_in else "ann")


async def test_nobody_has_to_say_who_is_known() -> None:
    world = await parked_by_a_bug()
    world.views = (stock,)
    for actor, status in ((None, 400), ("b b", 400), ("bob", 200)):
        headers = {"X-MS-CLIENT-PRINCIPAL-ID": actor} if actor else {}
        request = func.HttpRequest(
            method="POST",
            url="/api/operations/parked",
            headers=headers,
            route_params={"stream": "item-bad"},
            body=b'{"reason": "mended"}',
        )
        response = await answered(replace(operations(world), signs_in=True).release(request))
        assert response.status_code == status
    assert told(response)["by"] == "bob"


async def test_a_stream_that_is_not_parked_cannot_be_released() -> None:
    world = await parked_by_a_bug()

    assert (await release(asked(stream="item-good"), world)).status_code == 404


async def test_what_the_log_has_lost_of_a_parked_stream_is_sent_again_by_its_release() -> None:
    world = await parked_by_a_bug()
    world.views = (stock,)

    assert (await release(asked(), world)).status_code == 200

    sent = [decode(body).sequence for bodies in world.log.messages for body in bodies]
    assert sent == [4, 5, 6]
