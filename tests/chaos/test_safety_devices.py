"""Without any one of the safety devices a chaos run fails: it would not go unnoticed."""

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from emulators.tests.machine import limit
from tests.chaos.cloud import BUSY
from tests.chaos.delivery import Plan, run
from tests.chaos.sabotage import DEVICES, make_app
from tests.figures import note
from tests.sizes import LONG, size

pytestmark = pytest.mark.long

SEED = 20261123
LACKING = list(DEVICES) if LONG else ["version check", "dedupe", "own place"]


@pytest.mark.timeout(limit(1800))
async def test_the_run_fails_without_any_one_of_the_safety_devices(
    tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    two_at_once = asyncio.Semaphore(2)

    async def wrong_without(number: int, device: str) -> dict[str, int]:
        app = make_app(tmp_path / f"app-{number}", device)
        # What is broken stays broken: only the sound system is given all the time that it needs.
        quiet = BUSY if device == "nothing" else limit(8)
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
    assert {device for device, kinds in found.items() if not kinds} == {"nothing"} & found.keys()
