"""Alerts, workbook and runbooks fit what is deployed, and one another."""

import json
import re
from typing import Any

import pytest

from infra.local.stack import ROOT
from shared.adapters.otel.metric_names import COUNTERS, HISTOGRAMS, LAG, PARKED_STREAMS, TIMER_RUNS
from tests.infra.bicep.syntax import Reader
from tests.infra.clouds import ALL, Cloud, cloud, functions

PARAMETERS: dict[str, Any] = json.loads(
    (ROOT / "infra" / "main.parameters.json").read_text(encoding="utf-8")
)["parameters"]
OF_THE_HOOKS = {
    *("ONEWRITE_TOGETHER", "ONEWRITE_SUBSCRIBERS", "ONEWRITE_ALERTS", "ONEWRITE_CHANGES"),
}
RUNBOOKS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")


def test_every_alert_has_its_runbook() -> None:
    watched = Cloud({**ALL["closed"], "alertEmail": "operators@example.org"})
    kinds = ("metricAlerts", "scheduledQueryRules", "activityLogAlerts")
    alerts = [one for kind in kinds for one in watched.of(f"Insights/{kind}")]
    headings = {
        re.sub(r"[^a-z0-9 -]", "", line.lower().lstrip("# ")).replace(" ", "-")
        for line in RUNBOOKS.splitlines()
        if line.startswith("#")
    }

    assert len(alerts) == 17
    for alert in alerts:
        runbook = re.search(r"docs/operations\.md#([a-z-]+)$", alert.properties["description"])
        assert runbook
        assert runbook[1] in headings
        assert runbook[1] in alert.name


def test_latency_is_asked_for_by_the_name_that_the_host_gives() -> None:
    """With OpenTelemetry the host names a request by method and route, never by function."""
    route = functions()["command"][1]["route"]

    assert f"where Name endswith '{route}'" in (ROOT / "infra" / "workbook.json").read_text("utf-8")


@pytest.mark.parametrize(
    ("name", "off"),
    [
        ("together", {"polling"}),
        ("split", {"polling"}),
        ("closed", set()),
        ("draining", {"deadlines", "polling"}),
    ],
)
def test_every_timer_that_runs_is_watched(name: str, off: set[str]) -> None:
    timers = {one for one, (_, trigger) in functions().items() if trigger["type"] == "timerTrigger"}
    (query,) = (
        one.properties["criteria"]["allOf"][0]["query"]
        for one in cloud(name).of("Insights/scheduledQueryRules")
        if "stopped-timer" in one.name
    )

    assert set(json.loads(re.findall(r"dynamic\((.*)\)", query)[0])) == timers - off
    assert f"Name == '{TIMER_RUNS}'" in query


def test_one_second_of_full_load_wakes_nobody() -> None:
    (hot,) = (
        one.properties
        for one in cloud("together").of("Insights/metricAlerts")
        if "hot-stream" in one.name
    )
    (condition,) = hot["criteria"]["allOf"]

    assert (condition["timeAggregation"], condition["threshold"]) == ("Average", 90)
    assert hot["severity"] == 3


def test_what_is_parked_rings_as_long_as_it_is() -> None:
    queries = {
        one.name.split("-")[1]: one.properties["criteria"]["allOf"][0]["query"]
        for one in cloud("together").of("Insights/scheduledQueryRules")
    }

    assert f"Name == '{PARKED_STREAMS}' and Max > 0" in queries["parked"]
    assert f"Name == '{LAG}' and Max > 60" in queries["lag"]
    assert f"Name == '{LAG}'" in queries["silent"]
    assert "Told == 0" in queries["silent"]


def test_every_command_of_the_runbooks_says_where_it_runs() -> None:
    blocks = re.findall(r"```sh\n(.*?)```", RUNBOOKS, re.DOTALL)

    assert len(blocks) > 10
    for block in blocks:
        assert block.startswith(("# local", "# azure")), block


def test_what_the_runbooks_name_is_there() -> None:
    paths = set(re.findall(r"\]\(\.\./([^)#]+)\)", RUNBOOKS))

    assert paths
    for path in paths:
        assert (ROOT / path).exists(), path
    for target in re.findall(r"`make ([a-z]+)", RUNBOOKS):
        assert f"\n{target}:" in (ROOT / "Makefile").read_text(encoding="utf-8"), target
    for name in re.findall(r"\bONEWRITE_[A-Z_]+", RUNBOOKS):
        known = {*cloud("together").outputs, *OF_THE_HOOKS}
        assert name in known or name in json.dumps(PARAMETERS), name


def test_nobody_has_to_edit_what_is_deployed() -> None:
    text = (ROOT / "infra" / "main.bicep").read_text(encoding="utf-8")
    inner = {one.name for one in Reader(text).file() if one.kind == "param"}

    assert not inner & set(re.findall(r"`(\w+)`", RUNBOOKS)), "a parameter has a variable of azd"
    assert "main.bicep" not in RUNBOOKS


def test_workbook_and_alerts_ask_for_metrics_that_the_code_has() -> None:
    book = (ROOT / "infra" / "workbook.json").read_text(encoding="utf-8")
    alerts = (ROOT / "infra" / "modules" / "alerts.bicep").read_text(encoding="utf-8")
    measured = {*COUNTERS, *HISTOGRAMS}

    assert json.loads(book)["version"] == "Notebook/1.0"
    assert set(re.findall(r"onewrite\.[a-z_]+", book)) == measured
    assert set(re.findall(r"onewrite\.[a-z_]+", alerts)) <= measured
    for attribute in re.findall(r"Properties\.([a-z_]+)", book + alerts):
        said = (f'"{attribute}": ', f"{attribute}=")
        assert any(one in text for one in said for text in _measuring()), attribute


def _measuring() -> list[str]:
    folders = (ROOT / "shared" / "adapters" / "otel", ROOT / "consumers")
    return [path.read_text("utf-8") for folder in folders for path in folder.rglob("*.py")]
