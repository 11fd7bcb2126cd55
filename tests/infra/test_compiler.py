"""What the official compiler is asked, and that a disagreement with it is noticed. It is stood in for here."""

import json
from pathlib import Path
from typing import Any

import pytest

from infra.local.stack import ROOT
from tests.infra.bicep import compiler
from tests.infra.bicep.deployment import Deployment, read
from tests.infra.bicep.parameters import SOME, combinations, every
from tests.infra.bicep.snapshots import predicted

CONFIGURATION: dict[str, Any] = json.loads(
    (compiler.MAIN.parent / "bicepconfig.json").read_text(encoding="utf-8")
)
DESCRIBED = "a name says what it is; what a name cannot say has a description"
LEFT_OUT = {
    "no-module-name": "what-if, the portal and a failed deployment speak of modules by their names",
    **{
        f"use-description-{what}": DESCRIBED
        for what in ("outputs", "params", "type-properties", "types", "vars")
    },
}


@pytest.fixture
def bicep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stands in for the compiler: it keeps what it is told, and predicts what lies beside the script."""
    script = tmp_path / "bicep"
    script.write_text(
        '#!/bin/sh\necho "$@" >> "$(dirname "$0")/told"\n'
        'test "$1" = snapshot && cp "$(dirname "$0")/predicted" "${2%.bicepparam}.snapshot.json"\n'
        "true\n",
        encoding="utf-8",
    )
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    played = list(predicted(Deployment(compiler.MAIN, SOME).resources).values())
    (tmp_path / "predicted").write_text(json.dumps({"predictedResources": played}), "utf-8")
    return tmp_path


def test_the_compiler_builds_and_lints_both_files(bicep: Path) -> None:
    compiler.build()

    told = (bicep / "told").read_text(encoding="utf-8").splitlines()
    for path in (compiler.MAIN, compiler.SUBSCRIPTIONS):
        assert f"build {path} --stdout" in told
        assert f"lint {path}" in told


def test_agreement_is_no_difference(bicep: Path) -> None:
    assert list(compiler.differences(bicep / "some", {"some": SOME})) == []
    assert "snapshot" in (bicep / "told").read_text(encoding="utf-8")


def test_a_disagreement_is_named(bicep: Path) -> None:
    text = (bicep / "predicted").read_text(encoding="utf-8")
    (bicep / "predicted").write_text(text.replace('"Strong"', '"Session"'), encoding="utf-8")

    ((name, id_),) = compiler.differences(bicep / "some", {"some": SOME})

    assert name == "some"
    assert "/databaseAccounts/" in id_


def test_parameters_are_written_as_bicep_reads_them() -> None:
    written = compiler.parameters_file({"a": "it's ${x}", "b": True, "c": 1, "d": {"e-f": "g"}})

    assert written.splitlines()[1:] == [
        "param a = 'it\\'s \\${x}'",
        "param b = true",
        "param c = 1",
        "param d = {",
        "'e-f': 'g'",
        "}",
    ]


def test_every_documented_combination_is_compared() -> None:
    assert len(combinations()) == 16
    assert combinations().items() <= every().items()


def test_every_parameter_is_compared_with_another_value_than_its_default() -> None:
    asked = {name for parameters in every().values() for name in parameters}

    assert asked == {one.name for one in read(compiler.MAIN) if one.kind == "param"}


def test_every_rule_of_the_linter_is_an_error() -> None:
    rules = CONFIGURATION["analyzers"]["core"]["rules"]

    assert CONFIGURATION["analyzers"]["core"]["enabled"] is True
    assert len(rules) > 40
    assert {rule["level"] for rule in rules.values()} == {"error"}
    assert not rules.keys() & LEFT_OUT.keys()
    assert all(len(reason.split()) > 5 for reason in LEFT_OUT.values())


def test_nothing_that_is_compiled_is_kept_and_ci_compiles_it() -> None:
    """Without the compiler, nothing could hold a kept template current."""
    kept = [
        path
        for path in compiler.MAIN.parent.rglob("*.json")
        if "deploymentTemplate.json" in path.read_text("utf-8")
    ]
    workflow = (ROOT / ".github" / "workflows" / "test.yml").read_text(encoding="utf-8")

    assert kept == []
    assert "az bicep install" in workflow
    assert "make bicep" in workflow
