"""A drill of each alert that asks a query: it is caused, rings, its runbook is followed, and it ends.

The functions are those that are deployed, on memory twins; what they measure goes through the exporter of Azure
Monitor, and the rows of that to the rule's own query. Each step stands for one window of a quarter of an hour.
"""

from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from typing import NamedTuple

import pytest

from shared.adapters import telemetry, wiring
from shared.kernel.errors import StoreUnavailable
from shared.kernel.messages.commit import RecordedEvent
from shared.kernel.messages.stream import StreamName
from tests.infra.kusto import Engine, Rows, running_engine
from tests.kernel.worlds import commit
from tests.roles.test_operators import DECISION, behind_the_log
from tests.roles.wired import Wired, stocked
from tests.telemetry.alerting import Rule, rings_over_rows, rules
from tests.telemetry.exported import Exported, exporting

pytestmark = pytest.mark.proof

RULES = rules("scheduledQueryRules")
TIMERS = ("sweep", "catch_up", "deadlines", "rebuild", "measure")


class Drill(NamedTuple):
    """What brings an alert about, what its runbook does, and what the timers do meanwhile."""

    cause: Callable[[Wired], Awaitable[None]]
    mend: Callable[[Wired], Awaitable[None]]
    timers: tuple[str, ...] = TIMERS


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with running_engine(tmp_path_factory.mktemp("engine")) as running:
        yield running


@pytest.fixture
def wired(monkeypatch: pytest.MonkeyPatch) -> Wired:
    monkeypatch.setattr(wiring, "pause", at_once)
    return Wired(monkeypatch)


async def at_once(_attempt: int) -> None:
    """Wait for nothing before a new attempt."""


@pytest.fixture
def exported(monkeypatch: pytest.MonkeyPatch) -> Iterator[Exported]:
    with exporting(monkeypatch) as made:
        monkeypatch.setattr(telemetry, "watcher", lambda: made.watcher)
        yield made


async def nothing(_: Wired) -> None:
    """Leave everything as it is."""


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


async def fail_again(wired: Wired) -> None:
    """Let one batch fail as often as its retry policy has it come in a quarter of an hour."""
    await write(wired)
    await wired.publish()
    rows = wired.rows.read
    wired.rows.read = _away  # type: ignore[method-assign,assignment]
    for _ in range(12):
        taken = dict(wired._taken)
        with pytest.raises(StoreUnavailable):
            await wired.deliver("projections")
        wired._taken = taken
    wired.rows.read = rows  # type: ignore[method-assign]


async def _away(*_: object) -> None:
    raise StoreUnavailable("of somebody")


DRILLS = {
    "parked": Drill(melt, skip),
    "lag": Drill(stand_still, go_on),
    "silent": Drill(nothing, nothing, timers=()),
    "standstill": Drill(stand_still, go_on),
    "mended": Drill(lose, go_on),
    "unproven": Drill(stand_still, go_on, timers=("measure",)),
    "stopped-timer": Drill(nothing, nothing, timers=("sweep", "measure", "catch_up")),
    "failing-batches": Drill(fail_again, go_on),
}


async def window(wired: Wired, exported: Exported, timers: tuple[str, ...] = TIMERS) -> Rows:
    """Let a quarter of an hour pass: the timers ring; gives the rows that it has left."""
    wired.leases.position = str(len(wired.store.written))
    for timer in timers:
        await wired.tick(timer)
    return exported.window()


class Traffic:
    """What Event Hubs counts of a hub: the namespace writes a row for each metric and minute."""

    def __init__(self) -> None:
        self.counted = (0, 0)

    def window(self, wired: Wired) -> list[dict[str, object]]:
        """Give the rows since the last window."""
        before, self.counted = self.counted, (sum(map(len, wired.log.messages)), _read(wired))
        counts = [now - then for now, then in zip(self.counted, before, strict=True)]
        return [
            {"ResourceProvider": "MICROSOFT.EVENTHUB", "MetricName": metric, "Total": total}
            for metric, total in zip(("IncomingMessages", "OutgoingMessages"), counts, strict=True)
        ]


def _read(wired: Wired) -> int:
    return sum(wired._taken.values())


def test_every_query_of_an_alert_has_its_drill() -> None:
    assert DRILLS.keys() == RULES.keys()


@pytest.mark.parametrize("name", DRILLS)
async def test_an_alert_rings_while_its_cause_lasts_and_ends_with_its_runbook(
    name: str, wired: Wired, exported: Exported, engine: Engine
) -> None:
    rule: Rule = RULES[name]
    drill = DRILLS[name]
    traffic = Traffic()
    await stocked(wired)
    before = {**await window(wired, exported), "AzureMetrics": traffic.window(wired)}

    await drill.cause(wired)
    rows = await window(wired, exported, drill.timers)
    meanwhile = {**rows, "AzureMetrics": traffic.window(wired)}
    await drill.mend(wired)
    # The last window that still sees some of it: what the sweep sent again is proven by the next one.
    await window(wired, exported)
    wired.later += timedelta(minutes=5)
    after = {**await window(wired, exported), "AzureMetrics": traffic.window(wired)}

    rings = [rings_over_rows(rule, engine, rows) for rows in (before, meanwhile, after)]
    assert rings == [False, True, False]
