"""The tables of a workspace, the queries that are asked of them, and who reads and answers these."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from emulators.tests.machine import limit
from infra.local.stack import ROOT
from tests.infra.clouds import cloud

HERE: Final = Path(__file__).parent / "kql"
COMMON: Final = (
    *("TimeGenerated:datetime", "Properties:dynamic", "OperationId:string", "AppRoleName:string"),
)
TABLES: Final = {
    "AppMetrics": (
        *COMMON,
        *("Name:string", "Sum:real", "Min:real", "Max:real", "ItemCount:int"),
    ),
    "AppRequests": (
        *COMMON,
        *("Name:string", "OperationName:string", "DurationMs:real", "Success:bool"),
        "ItemCount:int",
    ),
    "AzureMetrics": (
        *("TimeGenerated:datetime", "ResourceProvider:string", "Resource:string"),
        *("MetricName:string", "Total:real", "Average:real", "Maximum:real", "Count:real"),
    ),
    "AppTraces": (*COMMON, "Message:string", "SeverityLevel:int"),
    # What Application Insights itself is asked for has its older names.
    "exceptions": (
        *("timestamp:datetime", "type:string", "outerMessage:string", "customDimensions:dynamic"),
    ),
    "AegDeliveryFailureLogs": (
        *("TimeGenerated:datetime", "EventSubscriptionName:string", "Message:string"),
    ),
    "CDBPartitionKeyRUConsumption": (
        *("TimeGenerated:datetime", "CollectionName:string", "PartitionKey:string"),
        "RequestCharge:real",
    ),
}

type Rows = Mapping[str, Sequence[Mapping[str, Any]]]
"""Rows by the table that they are in."""
type Answer = list[dict[str, Any]]


def tiles() -> dict[str, str]:
    """Returns each query of the workbook, by the title of its tile."""
    book: dict[str, Any] = json.loads((ROOT / "infra" / "workbook.json").read_text("utf-8"))
    return {
        one["name"]: one["content"]["query"] for one in book["items"] if "query" in one["content"]
    }


def rules() -> dict[str, str]:
    """Returns the query of each alert that asks one, by its name."""
    return {
        one.name.removeprefix("alert-").rpartition("-")[0]: one.properties["criteria"]["allOf"][0][
            "query"
        ]
        for one in cloud("together").of("Insights/scheduledQueryRules")
    }


def runbooks() -> list[str]:
    """Returns the queries that the runbooks type."""
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    return re.findall(r'--analytics-query (?:\\\n\s*)?"([^"]+)"', text)


def said(parser: Path, queries: Sequence[str]) -> list[list[str]]:
    """Returns what Microsoft's parser has against each query."""
    ran = subprocess.run(
        ["node", "analyze.js"],
        cwd=parser,
        input=json.dumps({"tables": TABLES, "queries": list(queries)}),
        capture_output=True,
        check=True,
        text=True,
    )
    found: list[list[str]] = json.loads(ran.stdout)
    return found


def install_parser(place: Path) -> Path:
    """Installs Microsoft's parser, as it is locked."""
    for name in ("analyze.js", "package.json", "package-lock.json"):
        shutil.copy(HERE / name, place)
    subprocess.run(["npm", "ci", "--silent", "--no-audit", "--no-fund"], cwd=place, check=True)
    return place


@dataclass(frozen=True)
class Engine:
    """Answers queries, in a process of its own."""

    process: subprocess.Popen[str]

    def ask(self, queries: Mapping[str, str], rows: Rows) -> dict[str, Answer]:
        """Returns the rows that each query finds where there are these rows, and no others."""
        assert rows.keys() <= TABLES.keys()
        asked = {"tables": TABLES, "rows": rows, "queries": queries}
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        answered = self.process.stdout.readline()
        assert answered, "the engine has ended"
        found: dict[str, Answer] = json.loads(answered)
        return found


@contextmanager
def running_engine(place: Path) -> Iterator[Engine]:
    """Installs an engine of KQL beside the packages of the rest, and runs it until the end."""
    pip = (sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-compile")
    install = (*pip, "--disable-pip-version-check", f"--target={place}", "-r", HERE / "engine.txt")
    subprocess.run(install, check=True, timeout=limit(300))
    with subprocess.Popen(
        [sys.executable, str(HERE / "answer.py")],
        env={"PYTHONPATH": str(place)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield Engine(process)
