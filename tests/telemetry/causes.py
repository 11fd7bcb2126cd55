"""What brings alerts about and what their runbooks do, on the functions that are wired to memory twins."""

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Final

import pytest

from consumers.polling import composition
from shared.adapters.polled_feeds import read_polled_feeds
from shared.kernel.errors import StoreUnavailable
from shared.kernel.messages.commit import RecordedEvent
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import FeedUnavailable
from tests.consumers.polling.following import FEED, batch
from tests.infra.bicep.parameters import POLLED
from tests.infra.clouds import ALL, Cloud
from tests.kernel.worlds import commit
from tests.reference import ROOT
from tests.roles.test_operators import DECISION, behind_the_log
from tests.roles.wired import Wired

type Step = Callable[[Wired], Awaitable[None]]

RUNBOOKS: Final = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
SWITCHED_OFF: Final = re.findall(r"(AzureWebJobs\.\w+\.Disabled)=true", RUNBOOKS)
"""The settings of an emergency, as the runbook has them typed."""


async def write(wired: Wired) -> None:
    await wired.command("item/TEA/receive-stock", {"quantity": 1})


async def melt(wired: Wired) -> None:
    """Let an event come that no view knows."""
    version = len(wired.store.written) + 1
    melted = commit(version, RecordedEvent("StockMelted", 1, {}), stream=StreamName("item", "TEA"))
    await wired.store.append([melted])
    await wired.settle()


async def skip(wired: Wired) -> None:
    """Parked, step 3: pass over what must never be handled."""
    for one in (await wired.ask("parked"))[1]["parked"]:
        route = {"consumer": one["consumer"], "stream": one["stream"]}
        body = {**DECISION, "from": one["from"]}
        assert (await wired.ask("skip_parked", body, **route))[0] == 200


async def stand_still(wired: Wired) -> None:
    """Let what is written wait for its consumers."""
    await write(wired)
    await wired.publish()
    wired.later = behind_the_log(minutes=10)


async def go_on(wired: Wired) -> None:
    await wired.settle()
    for function in ("projections", "reactions", "notifications"):
        await wired.deliver(function)


async def lose(wired: Wired) -> None:
    """Lose a message behind its checkpoint."""
    await write(wired)
    wired.lose()
    wired.later += timedelta(minutes=5)


async def fail(wired: Wired, times: int = 12) -> None:
    """Let one batch fail as often as its retry policy has it come in a quarter of an hour."""
    await write(wired)
    await wired.publish()
    away(wired.rows, "read")
    for _ in range(times):
        taken = dict(wired._taken)
        with pytest.raises(StoreUnavailable):
            await wired.deliver("projections")
        wired._taken = taken
    back(wired.rows, "read")


async def keep_markers_away(wired: Wired) -> None:
    """Have nobody told what is parked: who measures looks at that first."""
    away(wired.parking, "count")


async def give_markers_back(wired: Wired) -> None:
    back(wired.parking, "count")


async def keep_listings_away(wired: Wired) -> None:
    """Have nobody told which streams wait for a deadline."""
    away(wired.rows, "page")


async def give_listings_back(wired: Wired) -> None:
    back(wired.rows, "page")


async def keep_witness_away(wired: Wired) -> None:
    """Have the sweep not told what the rows have seen of what was written ten minutes ago."""
    await stand_still(wired)
    away(wired.rows, "versions")


async def give_witness_back(wired: Wired) -> None:
    """Unproven: ask how far the sweep is behind, then let it reach what it met."""
    (unproven,) = (await wired.ask("lag"))[1]["sweep"]
    assert unproven["events"] > 0
    assert unproven["seconds"] > 600
    back(wired.rows, "versions")
    await go_on(wired)


async def keep_feed_away(wired: Wired) -> None:
    """Have a feed of others not answer for more than an hour."""
    wired.others.documents[FEED] = FeedUnavailable("'carrier' answers 500")
    named = read_polled_feeds({"POLLED_FEEDS": f"carrier = {FEED} | * | *"})
    wired.patch.setattr(composition, "read_feeds", lambda: named)
    wired.patch.setattr(composition.polling, "making", None)
    await wired.tick("polling")
    wired.later += timedelta(minutes=70)


async def give_feed_back(wired: Wired) -> None:
    """Unfollowed: its owner has mended it."""
    wired.others.documents[FEED] = batch([], next=FEED)
    wired.later += timedelta(minutes=20)


async def stop_in_an_emergency(wired: Wired) -> None:
    """Stopping the writers, step 1."""
    assert len(SWITCHED_OFF) > 1
    for setting in SWITCHED_OFF:
        wired.patch.setenv(setting, "true")


async def provision(wired: Wired) -> None:
    """Let everybody in again, as `azd provision` does: it gives an app the settings of the Bicep alone."""
    ((_, _, settings),) = Cloud({**ALL["together"], "polled": POLLED}).apps()
    for setting in SWITCHED_OFF:
        assert setting not in settings
        wired.patch.delenv(setting)


def away(twin: Any, method: str) -> None:
    """Have a port not answer to one of its questions."""
    setattr(twin, method, _unavailable)


def back(twin: Any, method: str) -> None:
    delattr(twin, method)


async def _unavailable(*_: object, **__: object) -> None:
    raise StoreUnavailable("of somebody")
