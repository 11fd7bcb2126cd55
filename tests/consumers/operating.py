"""What operators ask of a stream that a bug has parked."""

import json
from typing import Any

import azure.functions as func

from shared.adapters.http.answering import answered
from shared.adapters.http.parked_streams_endpoint import Operations
from shared.adapters.memory import MemoryRows
from shared.kernel.messages.commit import Commit, RecordedEvent
from tests.consumers.test_parking import BAD, broken, versions, written
from tests.consumers.worlds import World, now
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
