"""Microsoft's own parser of KQL reads every query of alerts and workbook, with the columns of the tables."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from infra.local.stack import ROOT
from tests.infra.clouds import cloud

HERE = Path(__file__).parent / "kql"
COMMON = [
    "TimeGenerated:datetime",
    "Properties:dynamic",
    "OperationId:string",
    "AppRoleName:string",
]
TABLES = {
    "AppMetrics": [
        *COMMON,
        *("Name:string", "Sum:real", "Min:real", "Max:real", "ItemCount:int"),
    ],
    "AppRequests": [
        *COMMON,
        *(
            "Name:string",
            "OperationName:string",
            "DurationMs:real",
            "Success:bool",
            "ItemCount:int",
        ),
    ],
    "AzureMetrics": [
        *("TimeGenerated:datetime", "ResourceProvider:string", "Resource:string"),
        *("MetricName:string", "Total:real", "Average:real", "Maximum:real", "Count:real"),
    ],
}

pytestmark = pytest.mark.proof


@pytest.fixture(scope="module")
def parser(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Installs the parser, as it is locked."""
    place = tmp_path_factory.mktemp("kql")
    for name in ("analyze.js", "package.json", "package-lock.json"):
        shutil.copy(HERE / name, place)
    subprocess.run(["npm", "ci", "--silent", "--no-audit", "--no-fund"], cwd=place, check=True)
    return place


def said(parser: Path, queries: list[str]) -> list[list[str]]:
    ran = subprocess.run(
        ["node", "analyze.js"],
        cwd=parser,
        input=json.dumps({"tables": TABLES, "queries": queries}),
        capture_output=True,
        check=True,
        text=True,
    )
    found: list[list[str]] = json.loads(ran.stdout)
    return found


def queries() -> dict[str, str]:
    """Returns each query by where it stands."""
    book: dict[str, Any] = json.loads((ROOT / "infra" / "workbook.json").read_text("utf-8"))
    tiles = {
        one["name"]: one["content"]["query"] for one in book["items"] if "query" in one["content"]
    }
    alerts = {
        one.name: one.properties["criteria"]["allOf"][0]["query"]
        for one in cloud("together").of("Insights/scheduledQueryRules")
    }
    return {**tiles, **alerts}


def test_every_query_is_kql_over_the_columns_that_there_are(parser: Path) -> None:
    asked = queries()

    assert len(asked) > 18
    found = dict(zip(asked, said(parser, list(asked.values())), strict=True))
    assert {name: one for name, one in found.items() if one} == {}


@pytest.mark.parametrize(
    "query",
    ["AppMetrics | where Nme == 'a'", "AppMetric | count", "AppMetrics | summarise count()"],
    ids=["column", "table", "operator"],
)
def test_a_misspelt_query_is_noticed(parser: Path, query: str) -> None:
    assert said(parser, [query])[0]
