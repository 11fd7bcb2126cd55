"""Operators release what was mended and skip what cannot be: the stream comes to exactly the right state."""

import json
from dataclasses import replace

import azure.functions as func
import pytest

from shared.adapters.http.answering import answered
from shared.adapters.http.parked_streams_endpoint import list_parked
from shared.adapters.identity.actor import Actors, is_token
from shared.adapters.memory import MemoryParking, MemoryRows
from shared.domain.shop.views.stock import stock
from shared.kernel.messages.envelope import decode, encode, envelopes
from shared.kernel.ports import StoredParked
from tests.consumers.operating import WHY, asked, operations, parked_by_a_bug, release, skip, told
from tests.consumers.test_parking import BAD, both, broken, versions
from tests.consumers.worlds import World
from tests.kernel.worlds import commit, received


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

    await answered(replace(operations(world), actors=Actors(signs_in)).release(request))

    (decided,) = await world.parking.decisions("projections", "item-bad")
    assert decided.by == ("bob" if signs_in else "ann")


async def nobody(_token: str) -> None:
    """Believe no token."""


@pytest.mark.parametrize("actors", [Actors(signs_in=True), Actors(verify=nobody)])
async def test_a_name_that_is_only_said_is_kept_as_no_actor_s(actors: Actors) -> None:
    world = await parked_by_a_bug()

    await answered(replace(operations(world), actors=actors).release(asked()))

    (decided,) = await world.parking.decisions("projections", "item-bad")
    assert decided.by == "ann (unproven)"
    assert not is_token(decided.by)


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
        response = await answered(
            replace(operations(world), actors=Actors(signs_in=True)).release(request)
        )
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
