"""What OpenAPI shows of a command is accepted somewhere, or is taken from a spec that is."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import pytest
from pydantic import Field

from command_api.openapi import document
from shared.adapters import examples as adapter
from shared.domain import shop
from shared.kernel.commands.category import Category
from shared.kernel.commands.decider import Decider, Decision, Refusal
from shared.kernel.domain import Domain
from shared.kernel.messages.message import Command, Event
from tests.active import EXAMPLES, domain
from tests.specs.all import SPECS
from tests.specs.examples import taken_from_specs, text_of
from tests.specs.seats import Nothing, SeatBooked, seat
from tests.specs.spec import Spec


class Swap(Command):
    """Change two seats."""

    first: int
    second: int


class Reserve(Command):
    """Keep a seat."""

    row: Annotated[str, Field(pattern="^[A-Z]$")]


class Sell(Command):
    """Sell a seat."""

    first: Annotated[int, Field(examples=[3])]
    second: Annotated[int, Field(examples=[3])]


def _decide(command: Command, _state: Nothing) -> Decision[Event]:
    if isinstance(command, Swap | Sell) and command.first == command.second:
        return Refusal("same-seat", "They are one seat.")
    return (SeatBooked(),)


SEAT: Category = replace(
    seat,
    decider=Decider(Nothing(), _decide, lambda state, _event: state),
    commands=(Swap, Reserve, Sell),
)
SEATS = Domain(categories=(SEAT,), views=())
SWAPPED = [
    Spec("Not with itself", given=[], when=Swap(first=2, second=2), then="same-seat"),
    Spec("Two change", given=[], when=Swap(first=1, second=2), then=[SeatBooked()]),
    Spec("One is kept", given=[], when=Reserve(row="B"), then=[SeatBooked()]),
    Spec("One is sold", given=[], when=Sell(first=4, second=5), then=[SeatBooked()]),
]


def test_an_example_that_is_always_refused_or_no_such_command_is_that_of_a_spec() -> None:
    # Where each field has an example of its own, somebody wants them shown.
    assert taken_from_specs(SEATS, SWAPPED) == {
        "seat": {"Swap": {"first": 1, "second": 2}, "Reserve": {"row": "B"}}
    }


def test_an_example_that_is_accepted_somewhere_stays() -> None:
    accepting = replace(SWAPPED[0], when=Swap(first=1, second=1), then=[SeatBooked()])
    lenient = replace(
        SEAT, decider=Decider(Nothing(), lambda _c, _s: (SeatBooked(),), lambda s, _e: s)
    )

    assert taken_from_specs(replace(SEATS, categories=(lenient,)), [accepting]) == {}


def test_what_the_file_of_a_business_holds_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "shop").mkdir()
    taken = {"item": {"ReceiveStock": {"quantity": 77}}}
    (tmp_path / "shop" / adapter.FILE).write_text(text_of(taken))
    monkeypatch.setattr(adapter, "files", lambda name: tmp_path / name.rpartition(".")[2])

    paths = document(shop.domain)["paths"]

    shown = paths["/api/item/{id}/receive-stock"]["post"]["requestBody"]["content"]
    assert shown["application/json"]["example"] == {"quantity": 77}
    registered = paths["/api/item/{id}/register-item"]["post"]["requestBody"]["content"]
    assert registered["application/json"]["example"]["name"] == "Teapot"


def test_the_examples_that_clients_are_shown_are_current() -> None:
    written = EXAMPLES.read_text(encoding="utf-8") if EXAMPLES.is_file() else ""

    assert written == text_of(taken_from_specs(domain, SPECS)), "make spec writes it anew"
