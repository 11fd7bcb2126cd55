"""kill -9 in the middle of a morning: what was answered is kept, and everything follows all the same."""

import asyncio
import random
from pathlib import Path
from typing import Any

import pytest

from emulators.tests.waiting import until
from infra.local.ports import Ports
from infra.local.shop.clients import Ledger
from infra.local.shop.morning import Morning, work
from infra.local.shop.oracle import broken_promises, everything, wrong_rows
from tests.figures import note
from tests.local.running import running, start
from tests.sizes import size

COMMANDS = 600


@pytest.mark.long
@pytest.mark.parametrize("seed", range(1, size(1, 3) + 1))
async def test_after_kill_9_every_answer_holds_and_the_rows_catch_up(
    seed: int, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    ports, ledger, reached = Ports.free(), Ledger(), asyncio.Event()
    kill_at = random.Random(seed).randint(COMMANDS // 10, COMMANDS * 9 // 10)

    def count() -> None:
        if len(ledger.answers) >= kill_at:
            reached.set()

    killed = await asyncio.to_thread(start, tmp_path, ports)
    working = asyncio.create_task(
        work(Morning(seed=seed, commands=COMMANDS, cold=20), killed.url, ledger, count)
    )
    await reached.wait()
    await killed.kill()
    answered = len(ledger.answers)

    async with running(tmp_path, ports) as stack:
        await working

        async def read() -> tuple[list[dict[str, Any]], list[str]]:
            # What was written causes more to be written.
            found = await everything(stack.cosmos, "events")
            return found, wrong_rows(found, await everything(stack.cosmos, "views"))

        items, _ = await until(read, lambda answer: not answer[1], pause=0.2)

    assert broken_promises(items, ledger.answers) == []
    assert ledger.asked_again["no answer"] > 0
    assert ledger.repeats_answered_otherwise == 0
    note(
        pytestconfig,
        f"kill -9, seed {seed}: after {answered} answers; {len(ledger.answers)} commands answered in"
        f" all, {ledger.asked_again['no answer']} asked again for want of an answer, rows exact",
    )
