"""A drill of each alert that asks a query: it is caused, rings, its runbook is followed, and it ends.

The functions are those that are deployed, on memory twins; what they measure goes through the exporter of Azure
Monitor, and the rows of that to the rule's own query. Each step stands for one window of a quarter of an hour,
and for one rule windows overlap as they do.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import NamedTuple

import pytest

from emulators.host.configuration import is_disabled
from shared.adapters import telemetry, wiring
from shared.kernel.errors import StoreUnavailable
from tests.infra.kusto import Engine, Rows, running_engine
from tests.roles.wired import Wired, stocked
from tests.telemetry import causes
from tests.telemetry.alerting import Rule, found_by, rings_over_rows, rules
from tests.telemetry.causes import Step
from tests.telemetry.exported import Exported, exporting

pytestmark = pytest.mark.proof

RULES = rules("scheduledQueryRules")
TIMERS = ("sweep", "catch_up", "deadlines", "polling", "rebuild", "measure")


class Drill(NamedTuple):
    """What brings an alert about, what its runbook does, and which timers fail meanwhile."""

    rule: str
    cause: Step
    mend: Step
    failing: frozenset[str] = frozenset()


DRILLS = (
    Drill("parked", causes.melt, causes.skip),
    Drill("lag", causes.stand_still, causes.go_on),
    Drill(
        *("silent", causes.keep_markers_away, causes.give_markers_back),
        failing=frozenset({"measure"}),
    ),
    Drill("standstill", causes.stand_still, causes.go_on),
    Drill("mended", causes.lose, causes.go_on),
    Drill(
        *("unproven", causes.keep_witness_away, causes.give_witness_back),
        failing=frozenset({"sweep"}),
    ),
    Drill("stopped-timer", causes.stop_in_an_emergency, causes.provision),
    Drill(
        *("stopped-timer", causes.keep_listings_away, causes.give_listings_back),
        failing=frozenset({"deadlines"}),
    ),
    Drill("failing-batches", causes.fail, causes.go_on),
)


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


async def ring(wired: Wired, timer: str) -> bool:
    """Let a timer ring if no setting has switched it off; tells whether it failed, which ends no other."""
    if is_disabled(timer):
        return False
    try:
        await wired.tick(timer)
    except (StoreUnavailable, ExceptionGroup):
        return True
    return False


async def window(wired: Wired, exported: Exported, failing: frozenset[str] = frozenset()) -> Rows:
    """Let a quarter of an hour pass: the timers ring; gives the rows that it has left."""
    wired.leases.position = str(len(wired.store.written))
    assert {timer for timer in TIMERS if await ring(wired, timer)} == failing
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
    assert {drill.rule for drill in DRILLS} == RULES.keys()


@pytest.mark.parametrize("drill", DRILLS, ids=lambda drill: f"{drill.rule}-{drill.cause.__name__}")
async def test_an_alert_rings_while_its_cause_lasts_and_ends_with_its_runbook(
    drill: Drill, wired: Wired, exported: Exported, engine: Engine
) -> None:
    rule: Rule = RULES[drill.rule]
    traffic = Traffic()
    await stocked(wired)
    before = {**await window(wired, exported), "AzureMetrics": traffic.window(wired)}

    await drill.cause(wired)
    rows = await window(wired, exported, drill.failing)
    meanwhile = {**rows, "AzureMetrics": traffic.window(wired)}
    stopped = drill.failing | {timer for timer in TIMERS if is_disabled(timer)}
    await drill.mend(wired)
    # The last window that still sees some of it: what the sweep sent again is proven by the next one.
    await window(wired, exported)
    wired.later += timedelta(minutes=5)
    after = {**await window(wired, exported), "AzureMetrics": traffic.window(wired)}

    rings = [rings_over_rows(rule, engine, rows) for rows in (before, meanwhile, after)]
    assert rings == [False, True, False]
    if drill.rule == "stopped-timer":
        # Stopped timer: the result of the query names it.
        assert {one["Timer"] for one in found_by(rule, engine, meanwhile)} == stopped
        assert "deadlines" in stopped


async def test_failures_of_two_windows_ring_in_the_one_that_overlaps_both(
    wired: Wired, exported: Exported, engine: Engine
) -> None:
    """A rule looks at a quarter of an hour every five minutes: each step here is five minutes long."""
    rule = RULES["failing-batches"]
    assert rule.steps == 3
    await stocked(wired)
    await window(wired, exported)
    steps = []
    for failures in (0, 0, 4, 4, 0, 0):
        if failures:
            await causes.fail(wired, failures)
        steps.append(await window(wired, exported))
        await causes.go_on(wired)

    windows = [together(steps[at : at + rule.steps]) for at in range(len(steps) - rule.steps + 1)]

    # Alone, neither the first quarter of an hour nor the second has enough of them.
    rings = [rings_over_rows(rule, engine, rows) for rows in windows]
    assert rings == [False, True, True, False]


def together(steps: Sequence[Rows]) -> Rows:
    """Give the rows of all steps of a window."""
    return {table: [row for step in steps for row in step[table]] for table in steps[0]}
