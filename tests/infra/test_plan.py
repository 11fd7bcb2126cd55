"""The load plan: it is fed with what was measured and is deployed, its queues add up, and the page shows it."""

import os
import subprocess
import sys
from xml.etree import ElementTree as ET

import pytest

from infra.local.stack import ROOT
from infra.plan import figures
from infra.plan.__main__ import overview, plan
from infra.plan.limits import AUTOSCALED, CONSUMERS, Size, ceiling, first, limits, raised
from infra.plan.plot import plot
from infra.plan.simulation import STAGES, arrivals, capacities, simulate, steady
from shared.adapters.cosmos.feed import PAGE
from single_publisher.blueprint import SWEEP_SECONDS
from tests.adapters.test_request_units import READ, WARM
from tests.bench.test_sweep_speed import LEAST, RANGES
from tests.infra import costs
from tests.infra.checks import CONTAINERS
from tests.infra.clouds import DESCRIBED, Cloud, cloud
from tests.infra.costs import SWEEP_UNITS, runs_a_minute

SCALE = ROOT / "docs" / "operations" / "scale.md"
PICTURE = SCALE.with_name("scale.svg")
BEGIN, END = "<!-- made by infra/plan -->\n", "<!-- end -->"


def test_the_page_shows_what_the_simulation_gives() -> None:
    before, _, rest = SCALE.read_text(encoding="utf-8").partition(BEGIN)
    shown, _, after = rest.partition(END)
    ends = (
        f"A set ends at {ceiling(lambda _: Size()):,} commands a second as deployed, at"
        f" {ceiling(lambda _: AUTOSCALED):,} with the defaults of autoscale, and raised as far as one set goes at"
        f" {ceiling(raised):,}."
    )
    now = "\n".join(["", *overview(), "", ends, "", ""])
    if "WRITE_DOCS" in os.environ:
        SCALE.write_text(before + BEGIN + now + END + after, encoding="utf-8")
        PICTURE.write_text(plot(), encoding="utf-8")
        return

    assert shown == now, "WRITE_DOCS=1 writes it anew"
    assert PICTURE.read_text(encoding="utf-8") == plot(), "WRITE_DOCS=1 writes it anew"
    assert ET.fromstring(plot()).tag.endswith("svg")


def test_the_model_is_fed_with_what_is_measured() -> None:
    assert figures.INSERT >= WARM, "what the emulated store charges for a warm command"
    assert figures.LOAD == 2 * READ, "Strong doubles a read"
    assert len(RANGES) * figures.SWEPT == LEAST
    assert figures.PAGE == PAGE
    runs = runs_a_minute(cloud("together"))["sweep"]
    assert runs * SWEEP_SECONDS / 60 == figures.SWEEP_SHARE
    assert figures.VIEWS_UNITS + SWEEP_UNITS / PAGE < 19
    assert figures.CPU.keys() == costs.Deployed.read(cloud("together")).ready.keys()
    assert sum(figures.MIX.values()) == pytest.approx(1)
    assert figures.MIX.keys() == figures.KINDS.keys()
    assert len(DESCRIBED["hubs"]["events"]["consumerGroups"]) == CONSUMERS


def test_the_model_has_the_size_that_is_deployed() -> None:
    assert size_of(cloud("together")) == Size()
    assert size_of(cloud("autoscaled")) == AUTOSCALED
    assert size_of(cloud("moved")).partitions == figures.MOST_PARTITIONS


def size_of(deployed: Cloud) -> Size:
    namespace, (scale, *_) = (
        deployed.one("EventHub/namespaces"),
        [
            site.properties["functionAppConfig"]["scaleAndConcurrency"]
            for site, _, _ in deployed.apps()
        ],
    )
    most = {
        one.body["name"]: one.properties["options"]
        .get("autoscaleSettings", {})
        .get("maxThroughput", figures.SERVERLESS_UNITS)
        for one in deployed.of(CONTAINERS)
    }
    (partitions,) = (
        one.properties["partitionCount"]
        for one in deployed.of("EventHub/namespaces/eventhubs")
        if deployed.hub(one.body["name"]) == "events"
    )
    return Size(
        partitions=partitions,
        throughput_units=namespace.properties["maximumThroughputUnits"],
        events_units=most["events"],
        views_units=most["views"],
        others_units=most["progress"],
        instances=scale["maximumInstanceCount"],
        memory=scale["instanceMemoryMB"],
    )


@pytest.mark.parametrize("rate", [1, 50, 200])
def test_below_the_ceiling_nothing_piles_up(rate: float) -> None:
    lags = simulate(rate, Size())

    assert lags.last == lags.worst == steady(rate, Size())
    assert lags.row < 1


@pytest.mark.parametrize("rate", [500, 5_000, 100_000])
def test_beyond_the_ceiling_what_is_too_much_waits(rate: float) -> None:
    size = Size()
    capacity = capacities(rate, size)
    arrived = sum(arrivals(rate, 900))
    lags = simulate(rate, size)
    waiting = sum(
        capacity[stage] * (lags.last[stage] - steady(rate, size)[stage]) for stage in STAGES
    )

    assert arrived == pytest.approx(900 * rate)
    # Of all that has come, what is in no row waits somewhere.
    assert waiting == pytest.approx(arrived - 900 * min(capacity.values()), rel=0.01)
    assert lags.row > simulate(rate / 2, size).row


def test_waves_above_the_capacity_wait_and_are_worked_off() -> None:
    rate = 1.1 * ceiling(lambda _: Size())
    lags = simulate(rate, Size())

    assert max(lags.worst.values()) > 1
    assert lags.last["shown"] < lags.worst["shown"]


def test_a_set_ends_where_its_first_limit_is_full() -> None:
    for size_of_rate in (lambda _: Size(), lambda _: AUTOSCALED, raised):
        most = ceiling(size_of_rate)
        assert (
            first(most, size_of_rate(most)).share
            <= 1
            < first(most + 1, size_of_rate(most + 1)).share
        )
    assert first(168, AUTOSCALED).raised_by == "ONEWRITE_OTHERS_THROUGHPUT"


def test_more_partitions_and_units_move_the_limits_that_are_theirs() -> None:
    few, many = (
        {one.name: one.share for one in limits(3_000, Size(partitions=number))}
        for number in (16, 32)
    )

    assert {name for name in few if many[name] < few[name]} == {
        *(
            "partitions of the log",
            "partitions that are projected",
            "partitions that are reacted to",
        ),
    }


def test_make_plan_prints_the_plan_with_settings_that_there_are() -> None:
    said = subprocess.run(
        [sys.executable, "-m", "infra.plan", "--rate", "5000"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    parameters = (ROOT / "infra" / "main.parameters.json").read_text(encoding="utf-8")

    assert said == "\n".join([*plan(5_000), ""])
    settings = [line.split()[3] for line in said.splitlines() if line.startswith("azd env set")]
    assert len(settings) == 6
    assert all(f"${{{name}=" in parameters for name in settings)
    assert "python -m" not in said
    assert "-m infra.plan $(if $(RATE),--rate $(RATE))" in (ROOT / "Makefile").read_text("utf-8")
