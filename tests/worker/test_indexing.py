"""The function app as the platform sees it: it loads in Microsoft's worker, and a bad signature does not."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from emulators.tests.machine import limit
from infra.local.stack import ROOT
from tests.active import UNDECLARED
from tests.reference import LEFT_OUT

DEPLOYED = [
    "function_app.py",
    "host.json",
    "command_api",
    "single_publisher",
    "consumers",
    "shared",
]
PUBLISHER, CONSUMERS = "single_publisher/blueprint.py", "consumers/hub_triggers.py"
TRIGGERS = "shared/adapters/triggers.py"

BAD = {
    "a list in the spelling that the worker does not know": (
        *(CONSUMERS, "events: List[func.EventHubEvent]", "events: list[func.EventHubEvent]"),
        "projections",
    ),
    "a union": (
        *(CONSUMERS, "events: List[func.EventHubEvent]", "events: List[func.EventHubEvent] | None"),
        "projections",
    ),
    "a type that is not the trigger's": (
        *(CONSUMERS, "events: List[func.EventHubEvent]", "events: func.TimerRequest"),
        "projections",
    ),
    "a parameter without a binding": (
        *(PUBLISHER, "(documents: str)", "(documents: str, log: str)"),
        "single_publisher",
    ),
    "a binding without a parameter": (
        *(PUBLISHER, 'arg_name="documents"', 'arg_name="changes"'),
        "single_publisher",
    ),
    "a default does not make up for a binding": (
        *(PUBLISHER, "(documents: str)", "(documents: str, more: int = 1)"),
        "single_publisher",
    ),
    "a context of another type": (
        *(PUBLISHER, "(documents: str)", "(documents: str, context: dict)"),
        "single_publisher",
    ),
    "an HTTP function that answers with a dict": (
        *(TRIGGERS, ") -> func.HttpResponse:", ") -> dict:"),
        "command",
    ),
    "an HTTP function that may answer nothing": (
        *(TRIGGERS, ") -> func.HttpResponse:", ") -> func.HttpResponse | None:"),
        "command",
    ),
    "a request that is a model": (
        *(TRIGGERS, "req: func.HttpRequest", "req: dict"),
        "command",
    ),
    "a strategy that does not exist": (
        *(TRIGGERS, 'strategy="exponential_backoff"', 'strategy="exponential"'),
        "exponential",
    ),
    "an interval that is no time": (
        *(TRIGGERS, 'minimum_interval="00:00:01"', 'minimum_interval="1s"'),
        "1s",
    ),
    "a retry whose minimum is above its maximum": (
        *(TRIGGERS, 'minimum_interval="00:00:01"', 'minimum_interval="00:02:00"'),
        "single_publisher",
    ),
    "a second name for the app": (
        *("function_app.py", "app.register_functions(consumers)", "other = app"),
        "FunctionApp",
    ),
    "a function registered twice": (
        *("function_app.py", "functions(consumers)", "functions(single_publisher)"),
        "single_publisher",
    ),
    "a module that cannot be imported": (
        *("function_app.py", "import azure.functions as func", "import no_such_module as func"),
        "no_such_module",
    ),
    "a trigger that the local host does not play": (
        *(PUBLISHER, ".cosmos_db_trigger(", '.generic_trigger(type="queueTrigger",'),
        "does not support the trigger queueTrigger",
    ),
    "events that the host would parse": (
        *(CONSUMERS, 'data_type="binary"', 'data_type="string"'),
        "binary",
    ),
    "a connection that no setting gives": (
        *("shared/adapters/names.py", '_NAMES["connections"]["cosmos"]', '"NOT_THERE"'),
        "NOT_THERE",
    ),
    "a schedule that nobody can read": (
        *("shared/adapters/names.py", '"%SWEEP_SCHEDULE%"', '"every now and then"'),
        "every now and then",
    ),
    "a bundle of another generation": (
        *("host.json", "[4.", "[3."),
        "extensionBundle",
    ),
}


def check(app: Path) -> subprocess.CompletedProcess[str]:
    """Load an app as the host does, in a process of its own: the worker loads one app."""
    settings = ROOT / "local.settings.example.json"
    return subprocess.run(
        [
            *(sys.executable, "-m", "emulators.host", "--check"),
            *("--app", str(app), "--settings", str(settings)),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=limit(),
    )


@pytest.fixture(scope="module")
def functions() -> dict[str, Any]:
    checked = check(ROOT)
    assert checked.returncode == 0, checked.stderr
    found: dict[str, Any] = json.loads(checked.stdout)
    return found


def test_the_app_is_loaded_by_the_worker_in_the_order_of_the_flow(
    functions: dict[str, Any],
) -> None:
    every = [
        *(
            "command",
            "stream",
            "outcome",
            "outcome_cancel",
            "causes",
            "view",
            "view_list",
            "feed_list",
            "feed",
            "feed_chain",
            "feed_page",
            "health",
            "openapi",
            "docs",
            "docs_file",
            "console",
            "console_file",
            "command_api_rights",
        ),
        *(
            "single_publisher",
            "warmup",
            "sweep",
            "publisher_release",
            "publisher_skip",
            "single_publisher_rights",
        ),
        *(
            "projections",
            "reactions",
            "notifications",
            "feeds",
            "mailbox",
            "webhook",
            "inbound_event",
            "deadlines",
            "polling",
            "catch_up",
            "rebuild",
            "view_rebuild",
            "audit",
            "measure",
            "lag",
            "live",
            "parked",
            "release_parked",
            "skip_parked",
            "consumers_rights",
        ),
        "without_route",
    ]

    assert list(functions) == [one for one in every if one not in UNDECLARED]


def test_nothing_that_the_promises_rest_on_is_missing_from_the_bindings(
    functions: dict[str, Any],
) -> None:
    publisher, projections = functions["single_publisher"], functions["projections"]

    for function in (publisher, projections, functions["reactions"], functions["notifications"]):
        assert function["retry"] == {"strategy": "exponential_backoff", "most": -1}
    assert publisher["trigger"]["startFromBeginning"] is True
    assert publisher["trigger"]["createLeaseContainerIfNotExists"] is False
    assert projections["trigger"]["cardinality"] == "MANY"
    assert projections["trigger"]["dataType"] == "BINARY"


@pytest.mark.parametrize("name", BAD)
def test_an_app_with_a_bad_signature_is_not(name: str, tmp_path: Path) -> None:
    place, good, bad, named = BAD[name]
    for part in DEPLOYED:
        source, target = ROOT / part, tmp_path / part
        if source.is_dir():
            shutil.copytree(source, target, ignore=LEFT_OUT)
        else:
            shutil.copy(source, target)
    text = (tmp_path / place).read_text(encoding="utf-8")
    assert good in text
    (tmp_path / place).write_text(text.replace(good, bad, 1), encoding="utf-8")

    checked = check(tmp_path)

    assert checked.returncode == 1, checked.stdout
    assert named in checked.stderr
    assert "Traceback" not in checked.stderr.splitlines()[0]
