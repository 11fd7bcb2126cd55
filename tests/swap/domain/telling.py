"""What others are told of repairs: two things of one event, one with what a view says of the lamp."""

from collections.abc import Mapping

from shared.kernel.messages.message import Message, PublicEvent
from shared.kernel.messages.notification import link_to
from shared.kernel.messages.stream import StreamName
from shared.kernel.messages.values import Day
from shared.kernel.reactions.enricher import Enricher, Lookup

from .lamp import Shining, lamps
from .repair import RepairBooked, repair, repairs


class VisitPlanned(PublicEvent):
    """Somebody comes on that day."""

    day: Day


class RepairWanted(PublicEvent):
    """A lamp is to be repaired, which has been switched so often."""

    switched: int


def _plan(stream: StreamName, event: RepairBooked, _found: Mapping[str, Message]) -> VisitPlanned:
    return VisitPlanned(link=link_to(repairs, stream.id), day=event.day)


def _want(stream: StreamName, _event: RepairBooked, found: Mapping[str, Shining]) -> RepairWanted:
    switched = found[stream.id].switched if stream.id in found else 0
    return RepairWanted(link=link_to(lamps, stream.id), switched=switched)


def _itself(stream: StreamName, _event: RepairBooked) -> tuple[str]:
    return (stream.id,)


plan_visit = Enricher("plan-visit", repair, RepairBooked, VisitPlanned, _plan)
want_repair = Enricher(
    "want-repair", repair, RepairBooked, RepairWanted, _want, Lookup(lamps, _itself)
)
