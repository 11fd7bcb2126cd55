"""`make spec` names the specs that it cannot hold: those of one title, and those that hold no events."""

from dataclasses import replace
from typing import Any

import pytest

from shared.domain.shop.item.events import StockReserved
from shared.kernel.errors import ConfigurationError
from tests.specs.checking import check_specs
from tests.specs.shop import FLOWS, INBOUND, REACTIONS, SPECS

# A type checker sees these mistakes too; whoever asks `make spec` first is told as well.
CLASS: Any = StockReserved
TEXT: Any = "StockReserved"
NUMBER: Any = int
COMMAND: Any = SPECS[0].when


def test_two_specs_of_one_title_are_named_with_what_they_hold() -> None:
    title = INBOUND[0].title

    with pytest.raises(ConfigurationError, match="one title") as raised:
        check_specs([replace(SPECS[0], title=title)], [replace(FLOWS[0], title=title)], INBOUND)

    assert str(raised.value) == (
        f"two specs have one title, {title!r}: a Spec of RegisterItem and a Flow of PlaceOrder and"
        " a Heard of com.example.carrier.parcel-dispatched"
    )


@pytest.mark.parametrize(
    ("spec", "place"),
    [
        (replace(SPECS[0], then=[CLASS]), "`then`: an event is expected there"),
        (
            replace(FLOWS[0], then={"item-CUP": [TEXT]}),
            "`then` of item-CUP: an event, or the class of one is expected there",
        ),
        (
            replace(FLOWS[0], given={"item-CUP": [CLASS]}),
            "`given` of item-CUP: an event is expected there",
        ),
        (
            replace(INBOUND[0], then={"order-7": [CLASS, NUMBER]}),
            "`then` of order-7: an event, or the class of one is expected there",
        ),
        (replace(REACTIONS[0], when=COMMAND), "`when`: an event is expected there"),
    ],
)
def test_what_is_no_event_is_told_with_its_spec_and_its_place(spec: Any, place: str) -> None:
    with pytest.raises(ConfigurationError, match="is expected there") as raised:
        check_specs([spec])

    assert str(raised.value).startswith(f"the spec {spec.title!r} has ")
    assert str(raised.value).endswith(f" in {place}")
