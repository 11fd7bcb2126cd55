"""Timers through a host: on one of two, at a start, and what was missed while no host ran, once."""

from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from emulators.host.timers import Timers
from emulators.tests.host.hosts import World, app_with, world
from emulators.tests.serving import Services

TIMERS = """
import json
import os
from pathlib import Path

import azure.functions as func

app = func.FunctionApp()


def journal(function, due):
    with Path(os.environ["JOURNAL"]).open("a", encoding="utf-8") as file:
        status = bool(due.schedule_status)
        entry = {"function": function, "pastDue": due.past_due, "status": status}
        file.write(json.dumps(entry) + "\\n")


@app.timer_trigger("due", schedule="* * * * * *")
async def every_second(due: func.TimerRequest) -> None:
    journal("every_second", due)


@app.timer_trigger("due", schedule="0 0 0 1 1 *", run_on_startup=True)
async def at_start(due: func.TimerRequest) -> None:
    journal("at_start", due)


@app.timer_trigger("due", schedule="0 0 0 1 1 *")
async def yearly(due: func.TimerRequest) -> None:
    journal("yearly", due)
"""


@pytest.fixture
async def fresh(services: Services, tmp_path: Path) -> AsyncIterator[World]:
    async with world(services, tmp_path) as made:
        yield made


async def test_a_timer_is_called_by_one_of_two_hosts_whenever_it_is_due(fresh: World) -> None:
    app = app_with(fresh.folder)
    (app / "function_app.py").write_text(TIMERS, encoding="utf-8")
    await fresh.start(app, "one")
    await fresh.start(app, "two")
    begun, before = datetime.now(UTC), len(fresh.of("every_second"))

    await fresh.until(lambda: len(fresh.of("every_second")) >= before + 3)

    seconds = (datetime.now(UTC) - begun).total_seconds()
    assert len(fresh.of("every_second")) - before <= seconds + 2
    assert fresh.of("every_second")[0]["status"] is False
    # Each start calls what asks for it; of a timer that was never called, nothing was missed.
    assert len(fresh.of("at_start")) == 2
    assert fresh.of("yearly") == []


async def test_what_was_missed_is_made_up_for_once_at_the_start(fresh: World) -> None:
    app = app_with(fresh.folder)
    (app / "function_app.py").write_text(TIMERS, encoding="utf-8")
    missed = datetime.now(UTC) - timedelta(days=1)
    timers = Timers(fresh.folder / "timers.sqlite")
    timers.note("yearly", missed - timedelta(days=365), missed)
    timers.close()

    await fresh.start(app)
    await fresh.until(lambda: bool(fresh.of("yearly")))
    await fresh.start(app, "another")
    await fresh.until(lambda: len(fresh.of("at_start")) == 2)

    assert fresh.of("yearly") == [{"function": "yearly", "pastDue": True, "status": True}]


def test_a_moment_is_one_hosts(tmp_path: Path) -> None:
    due = datetime(2026, 11, 30, tzinfo=UTC)
    with closing(Timers(tmp_path / "t")) as one, closing(Timers(tmp_path / "t")) as two:
        assert [one.claim("f", due), two.claim("f", due)] == [True, False]
        assert two.claim("f", due + timedelta(seconds=1))
        assert not one.claim("f", due)
        assert one.status("f") is None
