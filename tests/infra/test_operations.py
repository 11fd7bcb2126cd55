"""Alerts, workbook and runbooks fit what is deployed, and one another."""

import json
import re
from typing import Any

from infra.local.stack import ROOT
from shared.adapters.otel.names import COUNTERS, HISTOGRAMS, LAG, PARKED_STREAMS
from tests.infra.bicep.syntax import Reader
from tests.infra.clouds import ALL, Cloud, cloud

PARAMETERS: dict[str, Any] = json.loads(
    (ROOT / "infra" / "main.parameters.json").read_text(encoding="utf-8")
)["parameters"]
RUNBOOKS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")


def test_every_alert_has_its_runbook() -> None:
    watched = Cloud({**ALL["together"], "alertEmail": "operators@example.org"})
    alerts = [*watched.of("Insights/metricAlerts"), *watched.of("Insights/scheduledQueryRules")]
    headings = {
        re.sub(r"[^a-z0-9 -]", "", line.lower().lstrip("# ")).replace(" ", "-")
        for line in RUNBOOKS.splitlines()
        if line.startswith("#")
    }

    assert len(alerts) == 12
    for alert in alerts:
        runbook = re.search(r"docs/operations\.md#([a-z-]+)$", alert.properties["description"])
        assert runbook
        assert runbook[1] in headings
        assert runbook[1] in alert.name


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
        known = {*cloud("together").outputs, "ONEWRITE_TOGETHER", "ONEWRITE_SUBSCRIBERS"}
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
        assert any(f'"{attribute}": ' in text for text in _otel()), attribute


def _otel() -> list[str]:
    folder = ROOT / "shared" / "adapters" / "otel"
    return [path.read_text(encoding="utf-8") for path in folder.glob("*.py")]
