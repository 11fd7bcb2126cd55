"""Whatever business runs, all tests of the project pass.

With lamps as the business all of `make test` runs, but for the tests of the emulators: they know nothing of the
project that they are in, which is held here.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from emulators.tests.machine import limit
from infra.local.stack import ROOT
from tests.conftest import PROOF
from tests.halves import OF_THE_EMULATORS
from tests.swap.clones import cloned, committed, make, python, with_lamps

PROJECT = {one.stem for one in ROOT.iterdir() if one.suffix == ".py" or one.is_dir()}
NAMING = ("shared/domain", "shared.domain", "tests/specs", "tests.active")
TESTED = {one.parent.relative_to(ROOT).parts[1] for one in (ROOT / "tests").glob("*/**/test_*.py")}
"""All folders of tests but the emulators'."""
OF_THE_PROOF = {*PROOF, "openapi"}


@pytest.fixture(scope="module")
def lamps(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a repository of a team whose business is lamps."""
    project = with_lamps(cloned(tmp_path_factory.mktemp("team") / "lamps"))
    make(project, "shipped", "spec")
    committed(project, "Put lamps beside the shop")
    return project


@pytest.mark.timeout(limit(1800))
def test_all_tests_pass_beside_another_business(lamps: Path) -> None:
    told = python(lamps, "tests.halves", "beside")

    assert "FAILED" not in told
    where_time_went = re.findall(r"^tests/(\w+) ", told, re.MULTILINE)
    assert TESTED - OF_THE_PROOF - {*where_time_went} == set()


def test_worlds_of_the_business_keep_every_promise(lamps: Path) -> None:
    assert "[100%]" in python(lamps, "pytest", "tests/simulation/test_own.py")


def test_the_specs_alone_reach_every_branch_of_the_business(lamps: Path) -> None:
    source = "--source=shared/domain/lamps"
    python(lamps, "coverage", "run", source, "-m", "pytest", "tests/specs/test_specs.py")

    assert "100%" in python(lamps, "coverage", "report", "--fail-under=100")


def reached(file: Path) -> Iterator[str]:
    """Give what a module imports of the project, and where it names a business."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        match node:
            case ast.Import(names=names):
                yield from (one.name for one in names if one.name.partition(".")[0] in PROJECT)
            case ast.ImportFrom(module=str(module)) if module.partition(".")[0] in PROJECT:
                yield module
            case ast.Constant(value=str(text)) if any(one in text for one in NAMING):
                yield text


def test_the_emulators_and_their_tests_know_nothing_of_the_project() -> None:
    modules = sorted((ROOT / OF_THE_EMULATORS).parent.rglob("*.py"))
    assert any(file.is_relative_to(ROOT / OF_THE_EMULATORS) for file in modules)
    found = {one for file in modules for one in reached(file)}

    assert [one for one in found if one.partition(".")[0] != "emulators"] == []
    # What would be noticed: the tests of the project do.
    assert set(reached(ROOT / "tests" / "active.py")) >= {"shared.domain"}
