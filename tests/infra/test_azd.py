"""azd and the workflows fit what is deployed."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.local.stack import ROOT
from tests.infra.bicep.syntax import Reader
from tests.infra.clouds import cloud

AZURE: dict[str, Any] = yaml.safe_load((ROOT / "azure.yaml").read_text(encoding="utf-8"))
PARAMETERS: dict[str, Any] = json.loads(
    (ROOT / "infra" / "main.parameters.json").read_text(encoding="utf-8")
)["parameters"]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def deployed(name: str) -> set[str]:
    return {site.body["tags"]["azd-service-name"] for site, _, _ in cloud(name).apps()}


def test_settings_are_shared_as_soon_as_a_block_is_uncommented() -> None:
    text = (ROOT / "azure.yaml").read_text(encoding="utf-8")
    (block,) = re.findall(r"^# (state:\n(?:#   .*\n)+)", text, re.MULTILINE)
    [account] = re.findall(
        r"az storage account create --name (\w+) ",
        (ROOT / "docs" / "operations.md").read_text(encoding="utf-8"),
    )

    shared = yaml.safe_load(
        text.replace(f"# {block}", re.sub("^# ", "", block, flags=re.MULTILINE))
    )

    backend = {"backend": "AzureBlobStorage", "config": {"accountName": account}}
    assert shared == {**AZURE, "state": {"remote": backend}}


def test_every_app_is_a_service_and_is_deployed_when_it_is_there() -> None:
    conditions = {name: service["condition"] for name, service in AZURE["services"].items()}

    assert {name for name, one in conditions.items() if "TOGETHER" in one} == deployed("together")
    assert {name for name, one in conditions.items() if "SPLIT" in one} == deployed("split")
    assert {name for name, one in conditions.items() if "STAGING" in one} == deployed(
        "fronted"
    ) - deployed("together")
    for service in AZURE["services"].values():
        assert (service["project"], service["language"], service["host"]) == (
            ".",
            "python",
            "function",
        )


def test_parameters_are_those_of_the_bicep_with_its_defaults() -> None:
    text = (ROOT / "infra" / "main.bicep").read_text(encoding="utf-8")
    declared = {one.name: one for one in Reader(text).file() if one.kind == "param"}

    assert PARAMETERS.keys() <= declared.keys()
    assert {name for name, one in declared.items() if one.value is None} <= PARAMETERS.keys()
    for name, given in PARAMETERS.items():
        default = declared[name].value
        if isinstance(given["value"], str):
            assert asked(given["value"]) == said(default), name
        else:
            assert default
            parts = {key[1]: said(value) for key, value in default[1]}
            assert {key: asked(value) for key, value in given["value"].items()} == parts


def asked(value: str) -> str | None:
    """Give what azd puts in place of a variable that is not set."""
    return _variable(value)[1]


def _variable(value: str) -> tuple[str, str | None]:
    found = re.fullmatch(r"\$\{([A-Z_]+)(?:=(.*))?\}", value)
    assert found, value
    return found[1], found[2]


def test_the_workflow_hands_on_every_parameter_with_its_default() -> None:
    deploy = yaml.safe_load((ROOT / ".github/workflows/deploy.yml").read_text(encoding="utf-8"))
    given = deploy["jobs"]["deploy"]["env"]
    values = [one["value"] for one in PARAMETERS.values()]
    texts = [text for one in values for text in ([one] if isinstance(one, str) else one.values())]
    expected = {
        **dict(_variable(text) for text in texts),
        "ONEWRITE_TOGETHER": "true",
        **dict.fromkeys(("ONEWRITE_SUBSCRIBERS", "ONEWRITE_ALERTS", "ONEWRITE_CHANGES"), ""),
        **dict.fromkeys(("AZURE_CLIENT_ID", "AZURE_TENANT_ID", "AZURE_SUBSCRIPTION_ID")),
    }

    assert given == {
        name: f"${{{{ vars.{name} || '{default}' }}}}" if default else f"${{{{ vars.{name} }}}}"
        for name, default in expected.items()
    }


def said(default: Any) -> str | None:
    text = None if default is None else str(default[1]).removeprefix("None")
    return text.lower() if text in {"True", "False"} else text


@pytest.mark.parametrize("name", AZURE["hooks"])
def test_a_hook_is_one_script_whichever_shell_calls_it(name: str) -> None:
    hook = AZURE["hooks"][name]

    assert hook["posix"] == {"shell": "sh", "run": f"python3 -m infra.hooks.{name}"}
    assert hook["windows"] == {"shell": "pwsh", "run": f"python -m infra.hooks.{name}"}
    text = (ROOT / "infra" / "hooks" / f"{name}.py").read_text(encoding="utf-8")
    given = {*cloud("together").outputs, "AZURE_SUBSCRIPTION_ID"}
    assert set(re.findall(r'environ\["(\w+)"\]', text)) <= given


def hook(
    name: str, environment: dict[str, str], place: Path = ROOT
) -> subprocess.CompletedProcess[str]:
    """Run a hook as azd does."""
    return subprocess.run(
        [sys.executable, "-m", f"infra.hooks.{name}"],
        cwd=place,
        env={"PATH": os.defpath, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_subscribers_of_a_variable_are_subscribed_in_the_subscription_of_the_deployment(
    tmp_path: Path,
) -> None:
    # Stands in for the Azure CLI: shows what it was told, and the file that it was given.
    az = tmp_path / "az"
    az.write_text(
        '#!/bin/sh\nprintf "%s\\n" "$@"\nfor last; do :; done\ncat "${last#webhooks=@}"\n'
    )
    az.chmod(0o755)
    subscribers = {"billing": {"url": "https://example.org/hook", "types": []}}
    outputs = {name: f"the {name}" for name in cloud("together").outputs}

    ran = hook(
        "postdeploy",
        {
            **outputs,
            "ONEWRITE_APPS": "[]",
            "PATH": f"{tmp_path}:{os.defpath}",
            "AZURE_SUBSCRIPTION_ID": "the subscription",
            "ONEWRITE_SUBSCRIBERS": json.dumps(subscribers),
        },
    )

    assert ran.returncode == 0, ran.stderr
    *told, given = ran.stdout.splitlines()
    assert told[told.index("--subscription") + 1] == "the subscription"
    assert told[told.index("--resource-group") + 1] == "the AZURE_RESOURCE_GROUP"
    assert "topicName=the ONEWRITE_TOPIC" in told
    assert json.loads(given) == subscribers


def test_nobody_is_subscribed_where_nobody_is_named(tmp_path: Path) -> None:
    ran = hook("postdeploy", {}, tmp_path)

    assert (ran.returncode, ran.stderr) == (0, "")
    assert "nobody is subscribed" in ran.stdout


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflows_may_do_little_and_use_no_secret(path: Any) -> None:
    text = path.read_text(encoding="utf-8")
    workflow = yaml.safe_load(text)

    assert "secrets." not in text
    assert workflow["permissions"] == {"contents": "read"}
    for line in text.splitlines():
        if "uses:" in line:
            assert re.search(r"@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), line
    for step in (step for job in workflow["jobs"].values() for step in job["steps"]):
        if "setup-azd" in step.get("uses", ""):
            assert re.fullmatch(r"\d+\.\d+\.\d+", step["with"]["version"])
    for job in workflow["jobs"].values():
        assert job["timeout-minutes"] <= 60
        assert (
            job.get("permissions", {}).items() <= {"contents": "read", "id-token": "write"}.items()
        )


def test_what_is_tested_never_runs_beside_the_identity() -> None:
    text = (ROOT / ".github/workflows/deploy.yml").read_text(encoding="utf-8")
    jobs = yaml.safe_load(text)["jobs"]
    commands = {
        name: [step["run"] for step in job["steps"] if "run" in step] for name, job in jobs.items()
    }
    signed_in = [name for name, job in jobs.items() if "id-token" in job.get("permissions", {})]

    assert signed_in == ["deploy"]
    assert jobs["deploy"]["needs"] == "test"
    installed, tested = commands["test"]
    assert installed.startswith("python -m pip install --require-hashes ")
    assert tested == "make test"
    others = [command for command in commands["deploy"] if not command.startswith("azd ")]
    assert others == ["python -m infra.github.check"]
    assert "environment" not in jobs["test"]
