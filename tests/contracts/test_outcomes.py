"""What every keeper of final outcomes promises."""

from dataclasses import replace

from shared.kernel.commands.outcome import FinalOutcome
from shared.kernel.ports import Outcomes

REFUSED = FinalOutcome(
    "item-teapot", "an id/with?odd#characters", "refused", 7, "not-enough-stock", "Too few.", "e3b0"
)


async def test_nothing_is_kept_of_a_command_that_nobody_handled(outcomes: Outcomes) -> None:
    assert await outcomes.read("item-teapot", "c1") is None


async def test_an_outcome_comes_back_as_it_was(outcomes: Outcomes) -> None:
    await outcomes.write(REFUSED)

    assert await outcomes.read(REFUSED.stream, REFUSED.command_id) == REFUSED


async def test_the_first_outcome_stays(outcomes: Outcomes) -> None:
    await outcomes.write(REFUSED)
    await outcomes.write(replace(REFUSED, kind="unchanged", version=9))

    assert await outcomes.read(REFUSED.stream, REFUSED.command_id) == REFUSED


async def test_of_decision_and_cancellation_the_first_stays(outcomes: Outcomes) -> None:
    asked = REFUSED.stream, REFUSED.command_id

    assert await outcomes.fate(*asked, "e3b0", "cancelled") == "cancelled"
    assert await outcomes.fate(*asked, "e3b0", "decided") == "cancelled"
    # Another command under the id, and the same id elsewhere, have their own.
    assert await outcomes.fate(*asked, "ffff", "decided") == "decided"
    assert await outcomes.fate(*asked, "ffff", "cancelled") == "decided"
    assert await outcomes.fate("item-kettle", asked[1], "e3b0", "decided") == "decided"
    assert await outcomes.read(*asked) is None


async def test_a_command_id_stands_for_a_command_of_its_stream_alone(outcomes: Outcomes) -> None:
    await outcomes.write(REFUSED)

    assert await outcomes.read("item-kettle", REFUSED.command_id) is None
