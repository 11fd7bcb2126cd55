"""What operators do with the parked streams of a consumer: look, release, skip; every decision is kept."""

import re
from codecs import BOM_UTF8
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

import azure.functions as func
from pydantic import Field, ValidationError

from shared.adapters.http.bodies import check_body
from shared.adapters.http.problems import Fault, Problem, malformed, not_found
from shared.adapters.http.responses import NO_HEADERS, json_response
from shared.adapters.identity.actor import NOBODY, Actors
from shared.adapters.names import CONSUMERS
from shared.kernel.delivery.operator_decisions import Replay, carry_out
from shared.kernel.delivery.parking import Action, Decision, Parked
from shared.kernel.messages.commit import timestamp
from shared.kernel.messages.message import Message
from shared.kernel.ports import MARKERS, Parking, StoredParked
from shared.kernel.validation_faults import faults

# Whatever has been parked can be decided on, and need not be a name of ours: an id in the store may be this.
_PARKED = re.compile(r"(?!\.{1,2}$)[^/\\?#\x00-\x1f\ud800-\udfff]{1,200}")

UNPROVEN = "(unproven)"


class Instruction(Message):
    """Why, and who decides; `from` says which version that is about: a skip has to, a release may."""

    by: str | None = Field(None, min_length=1, max_length=100)
    reason: str = Field(min_length=1, max_length=500)
    from_: int | None = Field(None, alias="from")


async def list_parked(parking: Parking, query: Mapping[str, str] = NO_HEADERS) -> func.HttpResponse:
    """Show the parked streams of all consumers page by page, or one of them with what it is parked at.

    That is the one of `?consumer=` and `?stream=`; `?after=` is what the page before gave as `next`.
    """
    if "stream" in query:
        asked = query.get("consumer", ""), _checked(query["stream"])
        return json_response(await _whole(parking, *asked))
    markers = await _page(parking, query.get("after", ""))
    body: dict[str, object] = {"parked": [shown(marker) for marker in markers]}
    if len(markers) == MARKERS:
        after = quote(f"{markers[-1].consumer}/{markers[-1].stream}")
        body["next"] = f"/api/operations/parked?after={after}"
    return json_response(body)


async def _page(parking: Parking, after: str) -> list[Parked]:
    """Read markers of all consumers, behind the consumer and the stream that a page before ended at."""
    consumer, _, stream = after.partition("/")
    if after and (consumer not in CONSUMERS or (stream and _PARKED.fullmatch(stream) is None)):
        sentence = "Only what an earlier page gave as `next` is expected."
        raise malformed("The query is malformed.", [Fault("after", sentence)])
    markers: list[Parked] = []
    for one in CONSUMERS[CONSUMERS.index(consumer) if after else 0 :]:
        room = MARKERS - len(markers)
        if room:
            markers += await parking.parked(one, stream if one == consumer else "", room)
    return markers


async def _whole(parking: Parking, consumer: str, stream: str) -> dict[str, object]:
    stored = await parking.find(consumer, stream) if consumer in CONSUMERS else None
    if stored is None:
        raise not_found("No such stream is parked for such a consumer.")
    return {**shown(stored.marker), "envelope": stored.marker.envelope}


@dataclass(frozen=True, slots=True)
class Operations:
    """Decides on the parked streams of one consumer; `replay` handles again what one of them holds back."""

    consumer: str
    parking: Parking
    replay: Replay
    now: Callable[[], datetime]
    actors: Actors = NOBODY
    """Who is known decides, whatever the request says of itself."""

    async def skip(self, req: func.HttpRequest) -> func.HttpResponse:
        """Pass over the event that a stream is parked at, for good, and release the stream."""
        return await self.decide(req, Action.SKIP)

    async def release(self, req: func.HttpRequest) -> func.HttpResponse:
        """Replay a parked stream from the store to its tail: the cause has been mended."""
        return await self.decide(req, Action.RELEASE)

    async def decide(self, req: func.HttpRequest, action: Action) -> func.HttpResponse:
        """Keep what an operator decides about a stream, and do it."""
        stream = _checked(req.route_params["stream"])
        instruction = _instruction(req, action)
        parked = await self._found(stream, instruction)
        decision = Decision(
            consumer=self.consumer,
            stream=stream,
            version=parked.marker.version,
            action=action,
            reason=instruction.reason,
            by=await self._decider(req, instruction),
            time=timestamp(self.now()),
        )
        reached = await carry_out(decision, parked, self.parking, self.replay)
        if isinstance(reached, Parked):
            raise still_parked(reached.error)
        return json_response({"stream": stream, "version": reached, "by": decision.by})

    async def _decider(self, req: func.HttpRequest, instruction: Instruction) -> str:
        """Tell who decides; raises Problem where nobody says it.

        Where somebody can be known, a name that is only said is kept as no actor's: theirs have no spaces.
        """
        known = await self.actors.of(req.headers)
        if known is not None:
            return known
        if instruction.by is None:
            raise malformed(
                "Give `by` (who decides) and `reason`.", [Fault("/by", "It is missing.")]
            )
        return f"{instruction.by} {UNPROVEN}" if self.actors.knows else instruction.by

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
    }


def _checked(stream: str) -> str:
    """Check the name of a stream; raises Problem for what the store could not be asked for."""
    if _PARKED.fullmatch(stream) is None:
        raise malformed("This is not a valid stream name.")
    return stream


def _instruction(req: func.HttpRequest, action: Action) -> Instruction:
    body = req.get_body().removeprefix(BOM_UTF8)
    check_body(req.headers, body, "A decision")
    try:
        instruction = Instruction.model_validate_json(body)
    except ValidationError as error:
        found = [Fault(*one) for one in faults(error)]
        raise malformed("Give `by` (who decides) and `reason`.", found) from None
    if action is Action.SKIP and instruction.from_ is None:
        # Asked twice, a skip would pass over an event that nobody has looked at.
        fault = Fault("/from", "It is missing.")
        raise malformed(
            "Say which version is to be skipped (`from`, as the list shows it).", [fault]
        )
    return instruction
