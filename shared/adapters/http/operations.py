"""What operators do with the parked streams of a consumer: look, release, skip; every decision is kept."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

import azure.functions as func
from pydantic import Field, ValidationError

from shared.adapters.http.problems import Fault, Problem, from_error, malformed, not_found
from shared.adapters.http.responses import json_response
from shared.adapters.names import CONSUMERS
from shared.kernel.commit import timestamp
from shared.kernel.delivery.parking import Decision, Parked, is_unreadable
from shared.kernel.errors import InvalidMessage, OnewriteError, Poison
from shared.kernel.message import Message
from shared.kernel.ports import Parking, StoredParked
from shared.kernel.stream import StreamName


class Instruction(Message):
    """Who decides, and why."""

    by: str = Field(min_length=1, max_length=100)
    reason: str = Field(min_length=1, max_length=500)


async def list_parked(parking: Parking) -> func.HttpResponse:
    """Show all parked streams of all consumers."""
    markers = [marker for consumer in CONSUMERS for marker in await parking.parked(consumer)]
    return json_response({"parked": [shown(marker) for marker in markers]})


@dataclass(frozen=True, slots=True)
class Operations:
    """Decides on the parked streams of one consumer; `replay` handles a stream from a version to its tail.

    What no stream can be read out of has nothing to be replayed: it can only be skipped.
    """

    consumer: str
    parking: Parking
    replay: Callable[[StreamName, int], Awaitable[int]]
    now: Callable[[], datetime]

    async def skip(self, req: func.HttpRequest) -> func.HttpResponse:
        """Pass over the event that a stream is parked at, for good, and release the stream."""
        return await self._decide(req, "skip")

    async def release(self, req: func.HttpRequest) -> func.HttpResponse:
        """Replay a parked stream from the store to its tail: the cause has been mended."""
        return await self._decide(req, "release")

    async def _decide(self, req: func.HttpRequest, action: str) -> func.HttpResponse:
        stream = req.route_params["stream"]
        try:
            instruction = _instruction(req)
            parked = await self.parking.find(self.consumer, stream)
            if parked is None:
                raise not_found(f"'{stream}' is not parked for {self.consumer}.")
            decision = Decision(
                consumer=self.consumer,
                stream=stream,
                version=parked.marker.version,
                action=action,
                reason=instruction.reason,
                by=instruction.by,
                time=timestamp(self.now()),
            )
            if is_unreadable(stream):
                version = await self._pass_over(decision, parked)
            else:
                await self.parking.decide(decision)
                version = await self._go_round(parked)
            return json_response({"stream": stream, "version": version})
        except Problem as problem:
            return problem.response()
        except Poison as poison:
            return still_parked(poison).response()
        except OnewriteError as error:
            return from_error(error).response()

    async def _pass_over(self, decision: Decision, parked: StoredParked) -> int:
        """Take a marker away that nothing stands behind; raises Poison when that was not asked for."""
        if decision.action != "skip":
            useless = InvalidMessage("nobody can read it, and so it can only be skipped")
            raise Poison(decision.stream, decision.version, useless)
        await self.parking.decide(decision)
        await self.parking.unpark(parked)
        return decision.version

    async def _go_round(self, parked: StoredParked) -> int:
        """Replay to the tail and take the marker away, again if an event arrived meanwhile."""
        version = parked.marker.version - 1
        current: StoredParked | None = parked
        while current is not None:
            version = await self.replay(StreamName.parse(parked.marker.stream), version + 1)
            if await self.parking.unpark(current):
                return version
            current = await self.parking.find(self.consumer, parked.marker.stream)
        return version


async def decide(
    req: func.HttpRequest, operations: Callable[[str], Awaitable[Operations]], action: str
) -> func.HttpResponse:
    """Hand a decision to the consumer that the route names."""
    try:
        running = await operations(req.route_params["consumer"])
    except Problem as problem:
        return problem.response()
    return await (running.skip(req) if action == "skip" else running.release(req))


def still_parked(poison: Poison) -> Problem:
    """Tell that the stream stays where it is."""
    return Problem(409, "still-poisonous", "The stream stays parked", str(poison))


def shown(marker: Parked) -> dict[str, object]:
    """Show a marker."""
    return {
        "consumer": marker.consumer,
        "stream": marker.stream,
        "from": marker.version,
        "lastSeen": marker.last_seen,
        "error": marker.error,
        "time": marker.time,
        "envelope": marker.envelope,
    }


def _instruction(req: func.HttpRequest) -> Instruction:
    try:
        return Instruction.model_validate_json(req.get_body())
    except ValidationError as error:
        faults = [
            Fault("/" + "/".join(map(str, detail["loc"])), f"{detail['msg']}.")
            for detail in error.errors(include_input=False)
        ]
        raise malformed("Say who decides (`by`), and why (`reason`).", faults) from None
