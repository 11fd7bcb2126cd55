"""The estimate of costs adds up, and counts what is deployed."""

import json
import os
import re

import pytest

from infra.local.stack import ROOT
from infra.plan.figures import CPU, EVENTS_UNITS, GENERATIONS_UNITS, VIEWS_UNITS
from tests.infra.checks import CONTAINERS
from tests.infra.clouds import cloud
from tests.infra.costs import (
    BUSY,
    DEMAND,
    ENDPOINT,
    HOURS,
    LOADS,
    LOGS,
    METRICS_GIGABYTES,
    MONTH,
    PRICES,
    READY,
    SWEEP_UNITS,
    TIMER_SECONDS,
    Deployed,
    Load,
    always_ready,
)
from tests.infra.costs_page import HEAD, page

RUNBOOKS = ROOT / "docs" / "operations.md"
SCALE = ROOT / "docs" / "operations" / "scale.md"
SECTION = RUNBOOKS.read_text(encoding="utf-8").partition(HEAD)[2]
SHAPES = (
    ("one app", "one-serverless-public"),
    ("one app, private", "one-serverless-private"),
    ("three apps, private", "three-serverless-private"),
    ("three apps, private, over zones", "three-serverless-private-zones"),
)
CELL = re.compile(r"(?:[^|:]*: )?([^|:]+) = \*\*([\d,]+)\*\*")


def test_the_section_is_made_of_the_estimate() -> None:
    before, _, after = RUNBOOKS.read_text(encoding="utf-8").partition(HEAD)
    now = page(
        Deployed.read(cloud("together")), {name: Deployed.read(cloud(one)) for name, one in SHAPES}
    )
    if "WRITE_DOCS" in os.environ:
        RUNBOOKS.write_text(before + now, encoding="utf-8")
        return

    assert HEAD + after == now, "WRITE_DOCS=1 writes it anew"


def test_the_first_page_rounds_what_the_sections_say() -> None:
    first = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = [int(one.replace(",", "")) for one in re.findall(r"\$([\d,]+)", first)]
    [row] = re.findall(r"^\| one app \| \d+ \| (.+) \|$", SECTION, re.MULTILINE)
    exact = [int(one.replace(",", "")) for one in row.split(" | ")]
    assert shown == [round(one, 2 - len(str(one))) for one in exact]

    ends = re.search(r"ends at (\d+) .* at ([\d,]+)\.", SCALE.read_text(encoding="utf-8"))
    assert ends is not None
    raised = round(int(ends[2].replace(",", "")), -3)
    assert f"| {ends[1]} as deployed, about {raised:,} raised |" in first


@pytest.mark.parametrize("name", ["split", "three-serverless-private", "autoscaled"])
def test_one_app_and_three_apps_keep_as_many_instances(name: str) -> None:
    assert always_ready(cloud(name)) == always_ready(cloud("together"))


def test_every_instance_that_is_kept_is_counted() -> None:
    kept = [
        (one["name"].removeprefix("function:"), one["instanceCount"])
        for site, _, _ in cloud("together").apps()
        for one in site.properties["functionAppConfig"]["scaleAndConcurrency"]["alwaysReady"]
    ]

    assert {name for name, _ in kept} == CPU.keys()
    assert f"keeps {sum(count for _, count in kept)} ready" in SECTION


def test_what_is_shown_is_worth_what_is_said() -> None:
    """Reads the table as a reader would, with the prices that stand above it."""
    prices = {
        float(price) for price in re.findall(r"^\| [^|]+ \| ([\d.]+) \|$", SECTION, re.MULTILINE)
    }
    table = SECTION.partition("| a month |")[2].partition("| a month, together |")[0]
    rows = [line.strip("| ").split(" | ")[1:] for line in table.splitlines() if "= **" in line]

    assert prices == set(PRICES.values())
    assert len(rows) == 12
    for row in rows:
        for cell in row:
            found = CELL.fullmatch(cell)
            assert found, cell
            shown = eval(re.sub(r"[^\d.()*/+]", "", found[1].replace("×", "*").replace("÷", "/")))
            assert shown == pytest.approx(_number(found[2]), rel=0.01, abs=0.6), cell
    sums = re.findall(r"\*\*([\d,]+)\*\*", table.partition("| **together** |")[2].split("\n")[0])
    for number, total in enumerate(sums):
        assert _number(total) == sum(_number(row[number].rpartition("= ")[2]) for row in rows)


def test_what_a_shape_costs_more_is_what_it_has_more() -> None:
    """Reads the table of the shapes: idle, endpoints and kept instances are the only difference."""
    table = SECTION.partition("| a month, together |")[2].partition("\n\n")[0]
    read = [line.strip("| ").split(" | ") for line in table.splitlines()[2:]]
    shapes = {name: (int(kept), *map(_number, costs)) for name, kept, *costs in read}
    deployed = {name: Deployed.read(cloud(one)) for name, one in SHAPES}
    public, private, three, zones = (shapes[name] for name, _ in SHAPES)

    assert shapes.keys() == deployed.keys()
    doors = [one.endpoints * ENDPOINT * HOURS for one in deployed.values()]
    assert private[1] - public[1] == pytest.approx(doors[1] - doors[0], abs=1)
    assert three[1] - private[1] == pytest.approx(doors[2] - doors[1], abs=1)
    wide = deployed["three apps, private, over zones"]
    instances = (zones[0] - three[0]) * READY * wide.memory * MONTH * 1e6
    timers = wide.runs_of_timers * 60 * HOURS * TIMER_SECONDS * wide.memory * (DEMAND - BUSY)
    metrics = (sum(wide.ready.values()) - three[0]) * METRICS_GIGABYTES * LOGS
    assert zones[1] - three[1] == pytest.approx(instances - timers + metrics, abs=2)
    for load in (2, 3, 4):
        assert public[load] < private[load] < three[load] < zones[load]
    assert private[4] - public[4] > 1000, "traffic through the endpoints is paid for"


def _number(text: str) -> int:
    return int(text.strip("*").replace(",", ""))


def test_the_load_is_one_that_the_configuration_allows() -> None:
    hubs = json.loads((ROOT / "host.json").read_text(encoding="utf-8"))["extensions"]["eventHubs"]
    parameters = json.loads((ROOT / "infra" / "main.parameters.json").read_text(encoding="utf-8"))
    share = parameters["parameters"]["traceShare"]["value"]

    assert max(load.batch for load in LOADS) <= hubs["maxEventBatchSize"]
    assert hubs["batchCheckpointFrequency"] == 1, "a checkpoint a batch is what is counted"
    assert share.endswith(f"={LOADS[0].share}}}")


def test_what_is_billed_at_least_is_a_tenth_of_what_is_deployed() -> None:
    most = {
        one.body["name"]: one.properties["options"]["autoscaleSettings"]["maxThroughput"]
        for one in cloud("autoscaled").of(CONTAINERS)
    }
    others = most.keys() - {"events", "views"}

    assert Load(0, 1, 0).highest(len(others)) == {
        "events": most["events"] / 10,
        "views": most["views"] / 10,
        "others": sum(most[name] for name in others) / 10,
    }


def test_what_a_container_is_asked_for_is_what_its_commands_need() -> None:
    load = Load(5000, 100, 0.002)

    sweep = 50 * SWEEP_UNITS
    assert load.units()["views"] == 5000 * VIEWS_UNITS + load.batches * GENERATIONS_UNITS + sweep
    # A row of the sweep costs a fourteenth of a point read, which Strong doubles.
    assert sweep < 5000 * 2 / 13
    assert load.units()["events"] == pytest.approx(5000 * EVENTS_UNITS, rel=0.001)
