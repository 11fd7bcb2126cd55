"""A drill of each alert that asks a query: it is caused, rings, its runbook is followed, and it ends.

The functions are those that are deployed, on memory twins; what they measure goes through the exporter of Azure
Monitor, and the rows of that to the rule's own query. A step stands for five minutes, and windows of a quarter of
an hour overlap as they do.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any, Final, NamedTuple

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
ABSENT: Final[Any] = {"first": 3, "last": 3}
"""What rings for what is not there rings when nothing of it is left in its window, and ends with the first."""
CALM, LASTS, AFTER = 3, 3, 5
"""Steps of five minutes: as many as a window has, as many as the cause lasts, and how it ends."""
TIMERS = ("sweep", "catch_up", "deadlines", "polling", "rebuild", "measure")


class Drill(NamedTuple):
    """What brings an alert about, what its runbook does, and which timers fail meanwhile.

    Of the nine windows of a drill it rings from the `first` to the `last`; the cause comes `again` in each step.
    """

    rule: str
    cause: Step
    mend: Step
    failing: frozenset[str] = frozenset()
    first: int = 1
    last: int = 5
    again: bool = False


DRILLS = (
    Drill("parked", causes.melt, causes.skip),
    # What the sweep sends again meanwhile was late, too.
    Drill("lag", causes.stand_still, causes.go_on, last=6),
    Drill(
        *("silent", causes.keep_markers_away, causes.give_markers_back),
        **ABSENT,
        failing=frozenset({"measure"}),
    ),
    # It ends with the first message that is read.
    Drill("standstill", causes.stand_still, causes.go_on, last=3, again=True),
    Drill("mended", causes.lose, causes.go_on, last=3),
    Drill(
        *("unproven", causes.keep_witness_away, causes.give_witness_back),
        failing=frozenset({"sweep"}),
    ),
    Drill("stopped-timer", causes.stop_in_an_emergency, causes.provision, **ABSENT),
    Drill(
        *("stopped-timer", causes.keep_listings_away, causes.give_listings_back),
        **ABSENT,
        failing=frozenset({"deadlines"}),
    ),
    Drill("failing-batches", causes.fail, causes.go_on, last=3),
    Drill("unfollowed", causes.keep_feed_away, causes.give_feed_back),
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


async def step(wired: Wired, exported: Exported, failing: frozenset[str] = frozenset()) -> Rows:
    """Let five minutes pass: the timers ring; gives the rows that they have left."""
    wired.leases.position = str(len(wired.store.written))
    assert {timer for timer in TIMERS if await ring(wired, timer)} == failing
    return exported.window()


class Traffic:
    """What Event Hubs counts of a hub: the namespace writes a row for each metric and minute."""

    def __init__(self) -> None:
        self.counted = (0, 0)

    def step(self, wired: Wired) -> list[dict[str, object]]:
        """Give the rows since the last step."""
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
    rule, traffic = RULES[drill.rule], Traffic()
    steps: list[Rows] = []

    async def pass_by(failing: frozenset[str] = frozenset()) -> None:
        rows = await step(wired, exported, failing)
        steps.append({**rows, "AzureMetrics": traffic.step(wired)})

    await stocked(wired)
    for _ in range(CALM):
        await pass_by()
    for number in range(LASTS):
        if drill.again or not number:
            await drill.cause(wired)
        await pass_by(drill.failing)
    stopped = drill.failing | {timer for timer in TIMERS if is_disabled(timer)}
    await drill.mend(wired)
    for _ in range(AFTER):
        await pass_by()
        wired.later += timedelta(minutes=5)

    seen = windows(rule, steps)
    rings = [rings_over_rows(rule, engine, rows) for rows in seen]
    assert rings == [drill.first <= at <= drill.last for at in range(len(seen))]
    if drill.rule == "stopped-timer":
        # Stopped timer: the result of the query names it.
        assert {one["Timer"] for one in found_by(rule, engine, seen[3])} == stopped
        assert "deadlines" in stopped
    if drill.rule == "unfollowed":
        woken = [RULES[name] for name in ("stopped-timer", "failing-batches")]
        assert not any(rings_over_rows(one, engine, rows) for one in woken for rows in seen)


async def test_failures_of_two_windows_ring_in_the_one_that_overlaps_both(
    wired: Wired, exported: Exported, engine: Engine
) -> None:
    rule = RULES["failing-batches"]
    await stocked(wired)
    await step(wired, exported)
    steps = []
    for failures in (0, 0, 4, 4, 0, 0):
        if failures:
            await causes.fail(wired, failures)
        steps.append(await step(wired, exported))
        await causes.go_on(wired)

    # Alone, neither the first quarter of an hour nor the second has enough of them.
    rings = [rings_over_rows(rule, engine, rows) for rows in windows(rule, steps)]
    assert rings == [False, True, True, False]


def windows(rule: Rule, steps: Sequence[Rows]) -> list[Rows]:
    """Give the rows of each window: a rule looks at a quarter of an hour every five minutes."""
    assert rule.steps == CALM
    return [together(steps[at : at + CALM]) for at in range(len(steps) - CALM + 1)]


def together(steps: Sequence[Rows]) -> Rows:
    """Give the rows of all steps of a window."""
    return {table: [row for step in steps for row in step[table]] for table in steps[0]}
