"""What lamps and their diaries do, told by specs of their own."""

from collections.abc import Sequence

from shared.kernel.messages.inbound_event import InboundEvent
from shared.kernel.messages.message import PublicEvent
from tests.specs.spec import Flow, Heard, Reaction, Spec, Told
from tests.swap.domain.diary import LightNoted, NoteLight, RecordRest, Rested
from tests.swap.domain.lamp import GoDark, SwitchedOff, SwitchedOn, SwitchOff, SwitchOn
from tests.swap.domain.process import WentDark

LIT = SwitchedOn(switch=1, brightness=60)
NIGHT = SwitchedOn(switch=1, brightness=1)
DARK = SwitchedOff(switch=2)
TOLD_DARK: Sequence[PublicEvent] = [WentDark(link="/api/views/lamps/desk", lamp="desk")]

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
TOLD = [Told("Others are told", of="lamp-desk", when=DARK, then=TOLD_DARK[0])]

FLOWS = [
    Flow(
        "A lamp that is switched off rests",
        given={"lamp-desk": [LIT], "diary-desk": [LightNoted(brightness=60)]},
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
]
INBOUND = [
    Heard(
        "A night light begins when the sun is down",
        given={},
        heard=InboundEvent("/sky", "s1", "com.example.sky.sun-set", {"lamp": "desk"}),
        then={"lamp-desk": [NIGHT]},
    ),
]
