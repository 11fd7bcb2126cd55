"""Whatever business runs, all tests of the project pass.

The whole of `make test` is run beside lamps with every change, but for the emulators' own tests: they know nothing
of the project that they are in, which is held here. `make long` runs them as well.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.stack import ROOT
from tests.halves import OF_THE_EMULATORS
from tests.sizes import LONG
from tests.swap.clones import cloned, committed, make, python, with_lamps

PROJECT = {one.stem for one in ROOT.iterdir() if one.suffix == ".py" or one.is_dir()}
DOMAIN = ("shared/domain", "shared.domain", "tests/specs", "tests.active")
BUSINESS_IN_THE_PROOF = "tests/simulation/test_own.py"


@pytest.fixture(scope="module")
def lamps(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a repository of a team whose business is lamps."""
    project = with_lamps(cloned(tmp_path_factory.mktemp("team") / "lamps"))
    make(project, "shipped", "spec")
    committed(project, "Put lamps beside the shop")
    return project


def test_everything_that_is_tested_passes_beside_another_business(lamps: Path) -> None:
    said = make(lamps, "test") if LONG else python(lamps, "tests.halves", "beside")

    assert "FAILED" not in said


def test_what_the_proof_asks_of_the_business_that_runs_holds(lamps: Path) -> None:
    assert "[100%]" in python(lamps, "pytest", BUSINESS_IN_THE_PROOF)


def reached(file: Path) -> Iterator[str]:
    """Give what a module imports of the project, and where it names a business."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        match node:
            case ast.Import(names=names):
                yield from (one.name for one in names if one.name.partition(".")[0] in PROJECT)
            case ast.ImportFrom(module=str(module)) if module.partition(".")[0] in PROJECT:
                yield module
            case ast.Constant(value=str(text)) if any(one in text for one in DOMAIN):
                yield text


def test_the_emulators_and_their_tests_know_nothing_of_the_project() -> None:
    modules = sorted((ROOT / OF_THE_EMULATORS).parent.rglob("*.py"))
    assert any(file.is_relative_to(ROOT / OF_THE_EMULATORS) for file in modules)
    found = {one for file in modules for one in reached(file)}

    assert [one for one in found if one.partition(".")[0] != "emulators"] == []
    # What would be noticed: the tests of the project do.
    assert set(reached(ROOT / "tests" / "active.py")) >= {"shared.domain"}
