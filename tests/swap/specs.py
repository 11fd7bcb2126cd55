"""What lamps and their diaries do, told by specs of their own."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from shared.kernel.messages.inbound_event import InboundEvent
from shared.kernel.messages.message import PublicEvent
from tests.specs.spec import FORBIDDEN, Flow, Heard, Reaction, Spec, Told
from tests.swap.domain.diary import LightNoted, NoteLight, RecordRest, Rested
from tests.swap.domain.lamp import GoDark, Shining, SwitchedOff, SwitchedOn, SwitchOff, SwitchOn
from tests.swap.domain.process import WentDark
from tests.swap.domain.repair import (
    BookRepair,
    CallOffRepair,
    RemindOfRepair,
    RepairBooked,
    RepairCalledOff,
    RepairReminded,
)
from tests.swap.domain.telling import RepairWanted, VisitPlanned

LIT = SwitchedOn(switch=1, brightness=60)
NIGHT = SwitchedOn(switch=1, brightness=1)
DARK = SwitchedOff(switch=2)
TOLD_DARK: Sequence[PublicEvent] = [WentDark(link="/api/views/lamps/desk", lamp="desk")]

DAY, NOON = date(2126, 11, 23), datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
BOOK, OFF = BookRepair(day=DAY), CallOffRepair()
BOOKED = RepairBooked(by="ann", order="when", day=DAY)
BY_BOB = RepairBooked(by="bob", order="first", day=DAY)
PLANNED = VisitPlanned(link="/api/views/repairs/desk", day=DAY)
WANTED = RepairWanted(link="/api/views/lamps/desk", switched=0)
LATER = datetime(2126, 11, 24, 0, 0, tzinfo=UTC)

SPECS = [
    Spec("Light", given=[], when=SwitchOn(brightness=60), then=[LIT]),
    Spec("It shines already", given=[LIT], when=SwitchOn(brightness=60), then=[]),
    Spec("Dark", given=[LIT], when=SwitchOff(), then=[DARK]),
    Spec("It is dark already", given=[], when=SwitchOff(), then="dark-already"),
    Spec("A night light goes dark", given=[NIGHT], when=GoDark(), then=[DARK]),
    Spec("It went dark before", given=[NIGHT, DARK], when=GoDark(), then=[]),
    Spec("Light is noted", [], NoteLight(brightness=60), then=[LightNoted(brightness=60)]),
    Spec("A rest is noted", [], RecordRest(switch=2), then=[Rested(switch=2)]),
    Spec("and once", given=[Rested(switch=2)], when=RecordRest(switch=2), then=[]),
    Spec("A repair is booked", given=[], when=BOOK, then=[BOOKED], by="ann"),
    Spec("It is booked at its time", [], BOOK, "in-the-past", at=LATER),
    Spec("A repair is booked once", [BOOKED], when=BOOK, then="booked-already", by="bob"),
    Spec("and once by another", [BY_BOB], when=BOOK, then="booked-already", by="ann"),
    Spec("Who has booked calls it off", [BOOKED], OFF, [RepairCalledOff(since=NOON)], by="ann"),
    Spec("and nobody else", given=[BOOKED], when=OFF, then=FORBIDDEN, by="bob"),
    Spec("nor who is not known", given=[BOOKED], when=OFF, then=FORBIDDEN),
    Spec("It is called off once", given=[], when=OFF, then=FORBIDDEN, by="ann"),
    Spec("A reminder comes", [BOOKED], when=RemindOfRepair(), then=[RepairReminded()]),
    Spec("It comes for what is booked", given=[], when=RemindOfRepair(), then=[]),
]
REACTIONS = [
    Reaction(
        "Light goes into the diary",
        of="lamp-desk",
        when=LIT,
        then=[("diary-desk", NoteLight(brightness=60))],
    ),
    Reaction(
        "and so does its rest",
        of="lamp-desk",
        when=DARK,
        then=[("diary-desk", RecordRest(switch=2))],
    ),
]
TOLD = [
    Told("Others are told", of="lamp-desk", when=DARK, then=TOLD_DARK[0]),
    Told("A visit is planned", of="repair-desk", when=BOOKED, then=PLANNED),
    Told(
        "A repair is wanted, of a lamp that was switched so often",
        of="repair-desk",
        when=BOOKED,
        known={"desk": Shining(switched=3)},
        then=RepairWanted(link="/api/views/lamps/desk", switched=3),
    ),
]

FLOWS = [
    Flow(
        "A lamp that is switched off rests",
        given={"lamp-desk": [LIT]},
        when=("lamp-desk", SwitchOff()),
        then={"lamp-desk": [DARK], "diary-desk": [Rested(switch=2)]},
        shown={("lamps", "desk"): {"brightness": 0, "switched": 2}},
        told={"lamp-desk": TOLD_DARK},
    ),
    Flow(
        "A night light goes dark by itself",
        given={},
        late=True,
        when=("lamp-desk", SwitchOn(brightness=1)),
        then={
            "lamp-desk": [NIGHT, DARK],
            "diary-desk": [LightNoted(brightness=1), Rested(switch=2)],
        },
        shown={("lamps", "desk"): {"brightness": 0}},
        told={"lamp-desk": TOLD_DARK},
    ),
    Flow(
        "A repair that is booked is known to whoever has booked it",
        given={},
        when=("repair-desk", BOOK),
        by="ann",
        then={"repair-desk": [RepairBooked]},
        shown={
            ("repairs", "desk"): {"status": "booked", "day": "2126-11-23"},
            ("occasions", "desk"): {"lit": 0, "repairs": 1},
        },
        told={"repair-desk": [PLANNED, WANTED]},
    ),
    Flow(
        "Who has booked is reminded",
        given={},
        when=("repair-desk", BOOK),
        by="ann",
        at=NOON + timedelta(days=1),
        late=True,
        then={"repair-desk": [RepairBooked, RepairReminded, RepairReminded]},
        shown={("repairs", "desk"): {"reminders": 2}},
        told={"repair-desk": [PLANNED, WANTED]},
    ),
]
INBOUND = [
    Heard(
        "A night light begins when the sun is down",
        given={},
        heard=InboundEvent("/sky", "s1", "com.example.sky.sun-set", {"lamp": "desk"}),
        then={"lamp-desk": [NIGHT]},
    ),
]
