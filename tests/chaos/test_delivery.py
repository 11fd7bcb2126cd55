"""Delivery under every fault at once: nothing lost, nothing reordered, nothing stuck."""

import asyncio
import os
from collections import Counter
from pathlib import Path

import pytest

from tests.chaos.cloud import BUSY
from tests.chaos.delivery import Outcome, Plan, run
from tests.chaos.sabotage import DEVICES, make_app
from tests.chaos.weather import EVERY_FAULT
from tests.figures import note
from tests.sizes import size

pytestmark = pytest.mark.long

SEED = int(os.environ.get("CHAOS_SEED", "20261123"))
COMMANDS = int(os.environ.get("CHAOS_COMMANDS", str(size(400, 2_000))))
KILLS = size(6, 20)
LACKING = list(DEVICES)[: size(3, len(DEVICES))]


@pytest.mark.timeout(1800)
async def test_nothing_is_lost_reordered_or_stuck(
    tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    outcome = await run(Plan(SEED, COMMANDS, kills=KILLS, quiet=BUSY), tmp_path)

    note(pytestconfig, told(outcome))
    assert outcome.wrong == []
    assert outcome.kills == KILLS
    assert EVERY_FAULT - outcome.faults.keys() == set()
    assert outcome.first.interrupted > 0
    orders = outcome.last.orders
    assert 0.2 < outcome.last.confirmed / orders.total() < 0.8
    assert orders["rejected"], orders
    assert orders["cancelled"], orders
    assert orders["shipped"], orders
    assert len(outcome.told.waited) > COMMANDS / 20


@pytest.mark.timeout(1800)
async def test_the_run_fails_without_any_one_of_the_safety_devices(
    tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    two_at_once = asyncio.Semaphore(2)

    async def wrong_without(number: int, device: str) -> dict[str, int]:
        app = make_app(tmp_path / f"app-{number}", device)
        # What is broken stays broken: only the sound system is given all the time that it needs.
        quiet = BUSY if device == "nothing" else 8
        plan = Plan(SEED, commands=size(120, 250), kills=2, quiet=quiet, skus=30)
        async with two_at_once:
            outcome = await run(plan, tmp_path / f"state-{number}", app)
        return dict(Counter(wrong.partition(":")[0] for wrong in outcome.wrong))

    runs = (wrong_without(*one) for one in enumerate(LACKING))
    # A run that breaks off must not leave the others behind.
    ended = await asyncio.gather(*runs, return_exceptions=True)

    found = dict(zip(LACKING, ended, strict=True))
    assert [run for run in ended if isinstance(run, BaseException)] == []
    for device, kinds in found.items():
        note(pytestconfig, f"chaos without {device}: {kinds or 'all is well'}")
    assert [device for device, kinds in found.items() if not kinds] == ["nothing"]


def told(outcome: Outcome) -> str:
    first, last = outcome.first, outcome.last
    return (
        f"chaos, seed {outcome.plan.seed}: {len(outcome.told.answers):,} commands,"
        f" {sum(outcome.faults.values()):,} faults of {len(outcome.faults)} kinds,"
        f" {outcome.kills} kills (-9), {first.interrupted} between a write and its answer;"
        f" asked again {dict(outcome.told.asked_again)}; {last.messages:,} messages on the log,"
        f" {last.duplicates:,} of them duplicates, lost {len(last.lost)}, out of order"
        f" {len(last.out_of_order)}, {len(outcome.told.waited)} commands waited, orders"
        f" {dict(last.orders)} ({last.confirmed} confirmed on the way), views wrong"
        f" {len(last.wrong_rows)}, orders unfinished {len(last.unfinished)}, parked {len(last.parked)}"
    )
