"""Every spec holds, and together they name everything that an item knows."""

import pytest

from shared.domain.item import item
from shared.domain.item.commands import ReserveStock
from shared.kernel.message import type_name
from tests.specs.item import SPECS, TEN_IN_STOCK
from tests.specs.spec import Spec, differences, story


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.title)
def test_the_item_does_what_its_spec_says(spec: Spec) -> None:
    found = differences(spec, item.decider)

    assert not found, story(spec, found)


def test_a_spec_that_does_not_hold_tells_its_story() -> None:
    wrong = Spec(
        "Overselling",
        given=TEN_IN_STOCK,
        when=ReserveStock(reservation_id="r1", quantity=11),
        then=[],
    )

    told = story(wrong, differences(wrong, item.decider))

    assert "1. expected 0 events, got refusal 'not-enough-stock'" in told
    assert "ReserveStock(reservation_id='r1', quantity=11)" in told


def test_every_command_and_every_event_of_the_item_has_a_spec() -> None:
    commands = {type_name(type(spec.when)) for spec in SPECS}
    events = {type_name(type(e)) for spec in SPECS for e in spec.then if not isinstance(e, str)}

    assert commands == {type_name(command) for command in item.commands}
    assert events == {type_name(event) for event in item.events}
