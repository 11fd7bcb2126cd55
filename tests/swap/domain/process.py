"""What follows from lamps: one of each kind that the roles know."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Annotated

from pydantic import Field

from shared.kernel.messages.inbound_event import InboundReceptor, OutsideData
from shared.kernel.messages.message import Message, PublicEvent
from shared.kernel.messages.notification import link_to
from shared.kernel.messages.stream import StreamName
from shared.kernel.reactions.deadline import Deadline
from shared.kernel.reactions.enricher import Enricher
from shared.kernel.reactions.policy import Fact, Policy
from shared.kernel.reactions.receptor import Reaction, Receptor

from .diary import NoteLight, RecordRest, Rested, diary
from .lamp import GoDark, SwitchedOff, SwitchedOn, SwitchOn, lamp, lamps

NIGHT = 1
"""So bright is a night light."""


class WentDark(PublicEvent):
    """A lamp shines no more."""

    lamp: str


class SunSet(OutsideData):
    """The sun is down where a lamp stands."""

    lamp: Annotated[str, Field(pattern=r"^[a-z]{1,20}$")]


def _note(stream: StreamName, event: SwitchedOn) -> Iterable[Reaction]:
    command = NoteLight(brightness=event.brightness)
    yield Reaction(StreamName(diary.name, stream.id), command, key="light")


def _rest(stream: StreamName, event: SwitchedOff) -> Iterable[Fact[Rested]]:
    rested = Rested(switch=event.switch)
    yield Fact(StreamName(diary.name, stream.id), rested, key=str(event.switch))


def _record(fact: Rested) -> RecordRest:
    return RecordRest(switch=fact.switch)


def _tell(stream: StreamName, _event: SwitchedOff, _found: Mapping[str, Message]) -> WentDark:
    return WentDark(link=link_to(lamps, stream.id), lamp=stream.id)


def _begin(sky: SunSet) -> Iterable[Reaction]:
    yield Reaction(StreamName(lamp.name, sky.lamp), SwitchOn(brightness=NIGHT), key="night")


note_light = Receptor("note-light", lamp, SwitchedOn, diary, NoteLight, _note)
note_rest = Policy("note-rest", lamp, SwitchedOff, diary, Rested, RecordRest, _rest, _record)
tell_dark = Enricher("tell-dark", lamp, SwitchedOff, WentDark, _tell)
night_light = Deadline(
    *("night-light", lamps, {"brightness": NIGHT}, GoDark),
    since=SwitchedOn,
    after=timedelta(seconds=1),
)
begin_night = InboundReceptor(
    "begin-night", "com.example.sky.sun-set", SunSet, lamp, SwitchOn, _begin
)
