"""Delivery under every fault at once: nothing lost, nothing reordered, nothing stuck."""

import os
from pathlib import Path

import pytest

from emulators.tests.machine import limit
from shared.adapters.names import FOLLOWERS, MAILBOX
from tests.chaos.batches import came_again, passed_over
from tests.chaos.cloud import BUSY
from tests.chaos.delivery import Outcome, Plan, run
from tests.chaos.refusals import REFUSALS
from tests.chaos.sabotage import make_app
from tests.chaos.weather import EVERY_FAULT
from tests.figures import note
from tests.sizes import LONG, size

pytestmark = pytest.mark.long

SEED = int(os.environ.get("CHAOS_SEED", "20261123"))
COMMANDS = int(os.environ.get("CHAOS_COMMANDS", str(size(250, 2_000))))
KILLS, STOPS, HOUR = size(4, 20), size(2, 8), 3_600.0


@pytest.mark.timeout(limit(1800))
async def test_nothing_is_lost_reordered_or_stuck(
    tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    app = make_app(tmp_path / "app", "nothing")

    plan = Plan(SEED, COMMANDS, kills=KILLS, quiet=BUSY, refusals=True, skew=HOUR, stops=STOPS)
    outcome = await run(plan, tmp_path / "state", app)

    passed, again = passed_over(app), came_again(app, outcome.stopped)
    counted = f"batches passed over {dict(passed)}, {again} came again after {STOPS} stops"
    note(pytestconfig, f"{told(outcome)}; {counted}")
    assert outcome.wrong == []
    assert (outcome.kills, len(outcome.stopped)) == (KILLS, STOPS)
    assert passed.keys() == {*FOLLOWERS, MAILBOX}
    assert (EVERY_FAULT | REFUSALS) - outcome.faults.keys() == set()
    assert min(outcome.thefts, outcome.ahead, outcome.told.delivered_twice) > 0
    # Few deaths may all miss the moment between a write and its answer.
    assert outcome.first.interrupted > 0 or not LONG
    orders = outcome.last.orders
    assert 0.1 < outcome.last.confirmed / orders.total() < 0.8
    assert orders["rejected"], orders
    assert orders["cancelled"], orders
    assert orders["shipped"], orders
    assert len(outcome.told.waited) > COMMANDS / 20


def told(outcome: Outcome) -> str:
    first, last = outcome.first, outcome.last
    return (
        f"chaos, seed {outcome.plan.seed}: {len(outcome.told.answers):,} commands,"
        f" {sum(outcome.faults.values()):,} faults of {len(outcome.faults)} kinds"
        f" {dict(sorted(outcome.faults.items()))}, {outcome.thefts} leases stolen, {outcome.ahead} commits"
        f" dated an hour ahead, {outcome.told.delivered_twice} webhooks called twice at once,"
        f" {outcome.kills} kills (-9), {first.interrupted} between a write and its answer;"
        f" asked again {dict(outcome.told.asked_again)}; {last.messages:,} messages on the log,"
        f" {last.duplicates:,} of them duplicates, lost {len(last.lost)}, out of order"
        f" {len(last.out_of_order)}, {len(outcome.told.waited)} commands waited, orders"
        f" {dict(last.orders)} ({last.confirmed} confirmed on the way), views wrong"
        f" {len(last.wrong_rows)}, orders unfinished {len(last.unfinished)}, parked {len(last.parked)},"
        f" untold {len(last.untold)}"
    )
