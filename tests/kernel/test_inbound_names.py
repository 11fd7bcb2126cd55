"""The data of others' events has the names that commands have, and no second one for the same field."""

from typing import Annotated, Any

import pytest
from pydantic import Field

from shared.kernel.errors import InvalidMessage
from shared.kernel.messages.inbound_event import InboundEvent, InboundReceptor, OutsideData
from shared.kernel.messages.stream import StreamName
from shared.kernel.reactions.receptor import Reaction
from tests.kernel.doors import DOOR, Open


class Rung(OutsideData):
    door_id: str
    rung_by: Annotated[str, Field(alias="rung_by")] = ""


RINGS = InboundReceptor(
    *("rings", "com.example.rung", Rung, DOOR, Open),
    lambda rung: [Reaction(StreamName("door", rung.door_id), Open(), key=rung.rung_by)],
)


def caused(data: Any) -> list[str]:
    event = InboundEvent("/bells", "1", "com.example.rung", data)
    return [str(request.stream) for request in RINGS.commands(event)]


def test_a_field_is_read_by_its_name_in_json_alone() -> None:
    assert caused({"doorId": "front", "rung_by": "ann"}) == ["door-front"]
    with pytest.raises(InvalidMessage, match="/doorId missing"):
        caused({"door_id": "front"})


def test_a_field_that_others_write_otherwise_says_so() -> None:
    same, other = ({"doorId": "front", name: "ann"} for name in ("rung_by", "rungBy"))

    ids = [
        [request.command_id for request in RINGS.commands(InboundEvent("/bells", "1", "x", data))]
        for data in (same, other)
    ]

    assert ids[0] != ids[1]
