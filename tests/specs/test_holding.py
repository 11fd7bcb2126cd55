"""`make spec` tells a line for each spec, and the story of one that does not hold, or that raises."""

import logging
from collections.abc import Sequence
from typing import Any

import pytest

from shared.domain.shop.item.commands import ReceiveStock
from shared.domain.shop.item.decisions import decide
from shared.kernel.errors import ReactionFailed
from tests.specs.by_http import Held
from tests.specs.holding import Holding, Told, hold_all, lines

NOTHING: Any = None


async def kept() -> Sequence[str]:
    return []


async def broken() -> Sequence[str]:
    raise LookupError("no such key")


async def breaks_the_business() -> Sequence[str]:
    """A decider of the shop is given no state, while the machinery does something else with what that raises."""
    try:
        decide(ReceiveStock(quantity=1), NOTHING)
    except AttributeError as error:
        logging.getLogger("consumers").exception("it cannot be handled")
        logging.getLogger("consumers").exception("it cannot be handled")
        raise RuntimeError("the batch failed") from error
    return []


async def refused() -> Sequence[str]:
    raise ExceptionGroup("of an event", [ReactionFailed("Confirm to order-7 was refused: no")])


async def parked() -> Sequence[str]:
    logging.getLogger("consumers").error("it cannot be handled")
    return []


async def differs() -> Sequence[str]:
    logging.getLogger("consumers").error("it cannot be handled")
    return ["otherwise"]


def story(found: Sequence[str]) -> str:
    return f"the story, {len(found)} differences"


async def test_a_spec_in_which_something_raises_is_told_by_its_title_and_the_others_are_held() -> (
    None
):
    told = await hold_all([Holding("It breaks", broken, story), Holding("It holds", kept, story)])

    assert [one.title for one in told if one.held.found] == ["It breaks"]
    assert told[0].held.found[0] == "raised LookupError: no such key"
    assert told[0].held.found[-1] == "LookupError: no such key"
    assert any("in broken" in line for line in told[0].held.found)


async def test_what_is_logged_is_told_of_a_spec_that_does_not_hold_alone(
    capsys: pytest.CaptureFixture[str],
) -> None:
    holdings = [Holding("It holds", parked, story), Holding("It differs", differs, story)]

    holds, other = await hold_all(holdings)

    assert holds.held.found == []
    assert other.held.found == ["otherwise", "it cannot be handled"]
    assert capsys.readouterr().err == ""


def test_a_line_is_told_of_each_spec_and_the_story_of_those_that_do_not_hold() -> None:
    told = [
        Told("It holds", Held(), "the whole story"),
        Told("It is left out", Held(left_out="no route"), "its story"),
        Told("It is seen in part", Held(unseen="the log"), "its story"),
        Told("It differs", Held(["otherwise"], unseen="the log"), "what came instead"),
    ]

    assert list(lines(told, verbose=False)) == [
        "holds  It holds",
        "skips  It is left out (left out over HTTP: no route)",
        "holds  It is seen in part (but for what is left out over HTTP: the log)",
        "FAILS  It differs",
        "\nwhat came instead\n",
        "4 specs, 1 do not hold, 1 are left out, 2 are held in part.",
    ]
    assert "\nthe whole story\n" in lines(told, verbose=True)


async def test_of_what_the_business_raises_its_own_lines_are_told_once() -> None:
    (told,) = await hold_all([Holding("It breaks", breaks_the_business, story)])

    text = "\n".join(told.held.found)
    assert told.held.found[0] == "raised RuntimeError: the batch failed"
    assert text.count("it cannot be handled") == 1
    places = [line for line in told.held.found if line.startswith("  File ")]
    assert places
    assert all("/shared/domain/shop/item/decisions.py" in one for one in places)


async def test_what_the_kernel_says_by_itself_is_told_without_a_trace() -> None:
    (told,) = await hold_all([Holding("It is refused", refused, story)])

    assert told.held.found == ["raised ReactionFailed: Confirm to order-7 was refused: no"]
