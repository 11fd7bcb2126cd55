"""What operators do with the parked streams of a consumer: look, release, skip; every decision is kept."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import azure.functions as func
from pydantic import Field, ValidationError

from shared.adapters.http.problems import Fault, Problem, malformed, not_found
from shared.adapters.http.responses import json_response
from shared.adapters.names import CONSUMERS
from shared.kernel.delivery.deciding import Replay, carry_out
from shared.kernel.delivery.parking import Action, Decision, Parked
from shared.kernel.messages.commit import timestamp
from shared.kernel.messages.message import Message
from shared.kernel.ports import Parking, StoredParked


class Instruction(Message):
    """Who decides, and why; `from` says which version that is about: a skip has to, a release may."""

    by: str = Field(min_length=1, max_length=100)
    reason: str = Field(min_length=1, max_length=500)
    from_: int | None = Field(None, alias="from")


async def list_parked(parking: Parking) -> func.HttpResponse:
    """Show all parked streams of all consumers."""
    markers = [marker for consumer in CONSUMERS for marker in await parking.parked(consumer)]
    return json_response({"parked": [shown(marker) for marker in markers]})


@dataclass(frozen=True, slots=True)
class Operations:
    """Decides on the parked streams of one consumer; `replay` handles again what one of them holds back."""

    consumer: str
    parking: Parking
    replay: Replay
    now: Callable[[], datetime]

    async def skip(self, req: func.HttpRequest) -> func.HttpResponse:
        """Pass over the event that a stream is parked at, for good, and release the stream."""
        return await self.decide(req, Action.SKIP)

    async def release(self, req: func.HttpRequest) -> func.HttpResponse:
        """Replay a parked stream from the store to its tail: the cause has been mended."""
        return await self.decide(req, Action.RELEASE)

    async def decide(self, req: func.HttpRequest, action: Action) -> func.HttpResponse:
        """Keep what an operator decides about a stream, and do it."""
        stream = req.route_params["stream"]
        instruction = _instruction(req, action)
        parked = await self._found(stream, instruction)
        decision = Decision(
            consumer=self.consumer,
            stream=stream,
            version=parked.marker.version,
            action=action,
            reason=instruction.reason,
            by=instruction.by,
            time=timestamp(self.now()),
        )
        reached = await carry_out(decision, parked, self.parking, self.replay)
        if isinstance(reached, Parked):
            raise still_parked(reached.error)
        return json_response({"stream": stream, "version": reached})

    async def _found(self, stream: str, instruction: Instruction) -> StoredParked:
        parked = await self.parking.find(self.consumer, stream)
        if parked is None:
            raise not_found(f"'{stream}' is not parked for {self.consumer}.")
        if instruction.from_ not in {None, parked.marker.version}:
            raise still_parked(f"By now it is parked from version {parked.marker.version} on.")
        return parked


def still_parked(detail: str) -> Problem:
    """Tell that the stream stays where it is, or where it has met its poison now."""
    return Problem(409, "still-poisonous", "The stream stays parked", detail)


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


def _instruction(req: func.HttpRequest, action: Action) -> Instruction:
    try:
        instruction = Instruction.model_validate_json(req.get_body())
    except ValidationError as error:
        faults = [
            Fault("/" + "/".join(map(str, detail["loc"])), f"{detail['msg']}.")
            for detail in error.errors(include_input=False)
        ]
        raise malformed("Say who decides (`by`), and why (`reason`).", faults) from None
    if action is Action.SKIP and instruction.from_ is None:
        # Asked twice, a skip would pass over an event that nobody has looked at.
        fault = Fault("/from", "It is missing.")
        raise malformed(
            "Say which version is to be skipped (`from`, as the list shows it).", [fault]
        )
    return instruction
