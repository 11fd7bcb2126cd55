"""What can never be handled is logged: with its message and the stack here, with its ids alone in a cloud."""

import logging
from dataclasses import replace

import pytest

from shared.adapters.memory import MemoryRows
from shared.domain.shop.views.stock import StockLevel, stock
from shared.kernel.errors import InvalidMessage
from shared.kernel.messages.message import Event
from tests.consumers.test_parking import BAD, written
from tests.consumers.worlds import World
from tests.kernel.worlds import commit, received

UNREADABLE = b'{"about": "somebody"}'
SAID = "a bug in a view"


def evolve(_level: StockLevel, _event: Event) -> StockLevel:
    raise ZeroDivisionError(SAID)


async def projected(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    """Project an event that a view stumbles over, and a message that nobody can read."""
    store, bodies = await written(commit(1, received(7), stream=BAD))
    world = World(MemoryRows(), store)
    world.views = (replace(stock, evolve=evolve),)
    with caplog.at_level(logging.ERROR, logger="onewrite.failures"):
        await world.project([UNREADABLE, *bodies])
    return caplog.records


def text_of(record: logging.LogRecord) -> str:
    return logging.Formatter().format(record)


async def test_here_the_log_shows_the_stack_and_the_message_that_met_the_failure(
    caplog: pytest.LogCaptureFixture,
) -> None:
    unreadable, failed = map(text_of, await projected(caplog))

    assert failed.startswith('projections cannot handle item-bad@1, which is {"specversion": "1.0"')
    assert '"data": {"quantity": 7}' in failed
    assert "in evolve" in failed
    assert f"ZeroDivisionError: {SAID}" in failed
    assert "somebody" in unreadable
    assert InvalidMessage.__name__ in unreadable


async def test_in_a_cloud_the_log_names_the_stage_and_the_event_and_nothing_of_what_it_says(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEBSITE_SITE_NAME", "func-consumers")

    unreadable, failed = map(text_of, await projected(caplog))

    assert failed.startswith("projections cannot handle item-bad@1: ZeroDivisionError\n")
    assert "in evolve" in failed
    assert "7}" not in failed
    assert SAID not in failed
    assert unreadable.startswith("projections cannot handle unreadable~")
    assert ": InvalidMessage\n" in unreadable
    assert "somebody" not in unreadable
