"""The tasks and debuggers of VS Code call what is there, on the ports that each other names."""

import json
import re
from importlib.util import find_spec
from typing import Any

from infra.local.stack import ROOT
from tests.infra.test_habits import CONTAINER


def read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / ".vscode" / name).read_text(encoding="utf-8"))
    return found


TASKS = {one["label"]: one for one in read("tasks.json")["tasks"]}
LAUNCHES = {one["name"]: one for one in read("launch.json")["configurations"]}


def test_every_task_is_a_target_of_make_or_a_command_of_func() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))

    for one in TASKS.values():
        if one["type"] == "func":
            assert one["command"] == "host start"
        else:
            program, *named = one["command"].split()
            assert (program, set(named) - targets) == ("make", set())
    for one in TASKS.values():
        assert one.get("dependsOn", one["label"]) in TASKS


def test_the_debugger_attaches_where_the_worker_listens() -> None:
    (attach,) = (one for one in LAUNCHES.values() if one["request"] == "attach")
    worker = TASKS[attach["preLaunchTask"]]["options"]["env"]["languageWorkers__python__arguments"]
    connect = attach["connect"]

    assert worker.endswith(f"-m debugpy --listen {connect['host']}:{connect['port']}")


def test_what_is_launched_is_a_module_that_there_is() -> None:
    modules = [one["module"] for one in LAUNCHES.values() if one["request"] == "launch"]

    assert modules == ["infra.local.run", "pytest"]
    assert all(find_spec(module) for module in modules)


def test_the_extensions_are_those_of_the_container() -> None:
    here = set(read("extensions.json")["recommendations"])

    assert set(CONTAINER["customizations"]["vscode"]["extensions"]) & here >= {
        "ms-azuretools.vscode-azurefunctions",
        "ms-azuretools.vscode-bicep",
    }
