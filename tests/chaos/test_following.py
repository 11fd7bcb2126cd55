"""One set follows another by its feed alone: all takes effect there once and in order, whoever dies meanwhile."""

from pathlib import Path

import pytest

from emulators.tests.machine import limit
from tests.chaos.following import METERS, Plan, run
from tests.figures import note
from tests.sizes import size

pytestmark = pytest.mark.long

EVENTS, KILLS = size(500, 5_000), size(2, 5)


@pytest.mark.timeout(limit(1200))
async def test_what_happens_here_happens_there_once_and_in_order_whoever_dies(
    tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    outcome = await run(Plan(20261130, EVENTS, KILLS), tmp_path)

    note(
        pytestconfig,
        f"two sets: {EVENTS:,} events, {outcome.kills.total()} kills (-9), with"
        f" {outcome.unfinished} before them at the last; {outcome.full_pages} full pages;"
        f" faults {dict(sorted(outcome.faults.items()))}",
    )
    everything = {meter: list(range(1, len(one) + 1)) for meter, one in outcome.read.items()}
    assert outcome.read == everything
    assert (len(everything), sum(map(len, everything.values()))) == (METERS, EVENTS)
    assert outcome.pages == everything
    assert outcome.behind_cursors == everything
    assert outcome.noted == everything
    assert outcome.parked == []
    assert outcome.kills == {"read": KILLS, "follows": KILLS}
    assert min(*outcome.unfinished.values(), outcome.full_pages) > 0
    assert {"cosmos/throttle", "cosmos/delay"} <= outcome.faults.keys()
