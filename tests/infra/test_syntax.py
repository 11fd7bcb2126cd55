"""The Bicep is Bicep, says nothing that nobody reads, and is kept short."""

import re
from contextlib import nullcontext
from pathlib import Path
from typing import Any, cast

import pytest
from pycep import BicepParser

from infra.local.stack import ROOT
from tests.infra.bicep.deployment import Deployment
from tests.infra.bicep.syntax import Reader
from tests.infra.bicep.tokens import BicepError
from tests.infra.bicep.types import named

INFRA = ROOT / "infra"
FILES = sorted([*INFRA.glob("*.bicep"), *INFRA.glob("modules/*.bicep")])
# The other parser does not know all that types may say.
DECLARING = [path for path in FILES if path.name != "types.bicep"]


@pytest.mark.parametrize("path", DECLARING, ids=lambda path: path.name)
def test_an_independent_parser_reads_the_same_declarations(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    parsed = cast("dict[str, dict[str, Any]]", BicepParser().parse(text=text))
    ours = Reader(text).file()

    for theirs, kind in {
        "parameters": "param",
        "variables": "var",
        "resources": "resource",
        "modules": "module",
        "outputs": "output",
    }.items():
        # It names a resource in a resource by both names.
        found = {name for name in parsed.get(theirs, {}) if "__" not in name}
        assert found == {one.name for one in ours if one.kind == kind}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_file_says_what_it_is_for_and_is_short(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()

    assert lines[0].startswith(("// ", "@description"))
    # Most of main.bicep are parameters with what they are for.
    assert len(lines) <= (400 if path.name == "main.bicep" else 250)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_parameter_and_variable_is_read(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    declared = [one.name for one in Reader(text).file() if one.kind in {"param", "var"}]

    for name in declared:
        rest = [line for line in text.splitlines() if not line.startswith((f"param {name} ", "//"))]
        assert sum(_says(line, name) for line in rest) > (f"var {name} " in text), name


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_type_that_is_imported_is_used(path: Path) -> None:
    said = Reader(path.read_text(encoding="utf-8")).file()
    used = {name for one in said for name in named(one.type)}

    assert {name for one in said for name in one.imported} <= used


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_policy_that_is_not_kept_has_a_reason(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    read = [one for said in Reader(text).file() for one in said.skipped.items()]

    assert len(read) == text.count("checkov:")
    for policy, reason in read:
        assert re.fullmatch(r"CKV2?_AZURE_\d+", policy)
        assert len(reason.split()) >= 5, f"{policy}: say why"


def test_no_policy_is_passed_over_elsewhere() -> None:
    (line,) = (
        line
        for line in (ROOT / "Makefile").read_text(encoding="utf-8").splitlines()
        if "bin/checkov" in line
    )

    assert not re.search(r"--(skip-check|soft-fail|baseline|check|config-file)", line)
    assert not [*ROOT.glob(".checkov*"), *INFRA.glob("**/.checkov*")]


def test_every_module_is_deployed() -> None:
    said = "".join(path.read_text(encoding="utf-8") for path in FILES)

    for path in INFRA.glob("modules/*.bicep"):
        assert f"{path.name}' = " in said


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("'a${1}b'", "a1b"),
        ("'it\\'s'", "it's"),
        ("true ? 'yes' : 'no'", "yes"),
        ("1 == 1 && !(2 > 3)", True),
        ("null ?? 4", 4),
        ("{ a: 1 }.?b ?? 2", 2),
        ("{ a: 1 }[?'a']", 1),
        ("map([1, 2], x => x == 1)", [True, False]),
        ("[for (x, i) in [5, 6]: { at: i, x: x }]", [{"at": 0, "x": 5}, {"at": 1, "x": 6}]),
        ("filter(items({ b: 1, a: 2 }), x => x.value > 0)[0].key", "a"),
        ("union({ a: { b: 1 } }, { a: { c: 2 } })", {"a": {"b": 1, "c": 2}}),
        ("union(['a'], ['a', 'b'])", ["a", "b"]),
        ("toObject(['a'], x => x, x => '${x}!')", {"a": "a!"}),
    ],
)
def test_expressions_mean_what_azure_documents(text: str, value: object, tmp_path: Path) -> None:
    file = tmp_path / "one.bicep"
    file.write_text(f"output one any = {text}\n", encoding="utf-8")

    assert Deployment(file, {}).outputs == {"one": value}


@pytest.mark.parametrize(
    "text",
    ["var a = [\n", "var a = 'b\n", "var a = b c\n", "func a() string => 'b'\n", "var a = ;\n"],
)
def test_what_is_no_bicep_is_refused(text: str) -> None:
    with pytest.raises(BicepError):
        Reader(text).file()


@pytest.mark.parametrize(
    ("kind", "value", "fitting"),
    [
        ("string", "a", True),
        ("int", True, False),
        ("string[]", ["a", 1], False),
        ("string?", None, True),
        ("'a' | 'b'", "c", False),
        ("{ a: int, b: string? }", {"a": 1}, True),
        ("{ a: int }", {"a": 1, "b": 2}, False),
        ("{ a: int }", {}, False),
        ("{ *: int }", {"a": 1, "b": 2}, True),
        ("{ *: int }", {"a": "b"}, False),
        ("Other[][]", [[{"c": True}]], True),
    ],
)
def test_a_value_is_of_a_type(kind: str, value: object, tmp_path: Path, *, fitting: bool) -> None:
    (tmp_path / "types.bicep").write_text("@export()\ntype Other = {\n  c: bool\n}\n", "utf-8")
    file = tmp_path / "one.bicep"
    file.write_text(
        f"import {{ Other }} from 'types.bicep'\ntype Kind = {kind}\nparam one Kind\n", "utf-8"
    )

    with nullcontext() if fitting else pytest.raises(BicepError, match="one is not of its type"):
        Deployment(file, {"one": value})


def _says(line: str, name: str) -> bool:
    return any(
        word == name
        for word in "".join(c if c.isalnum() or c == "_" else " " for c in line).split()
    )
