"""Whatever business runs, all tests of the project pass.

With every change those are run beside lamps that can tell one business from another: the checks of the code, the
tests of the business, those of what is deployed, and a sample of the rest, which runs the shop whichever business
runs. `make long` runs the whole of `make test`, but for the emulators' own tests: they know nothing of the project
that they are in, which is held here.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.stack import ROOT
from tests.halves import DOMAIN, OF_THE_EMULATORS
from tests.sizes import LONG
from tests.swap.clones import cloned, committed, make, python, with_lamps

PROJECT = {one.stem for one in ROOT.iterdir() if one.suffix == ".py" or one.is_dir()}
NAMING = ("shared/domain", "shared.domain", "tests/specs", "tests.active")
DEPLOYED = (
    *("tests/infra/test_package.py", "tests/infra/test_check.py", "tests/infra/test_habits.py"),
    *("tests/infra/test_dependencies.py", "tests/worker", "tests/test_words_of_the_business.py"),
)
SAMPLE = (
    *("tests/roles", "tests/specs/test_stories.py", "tests/specs/test_by_http.py"),
    *("tests/specs/test_refusals.py", "tests/contracts/test_rows.py", "tests/local/test_orders.py"),
)


@pytest.fixture(scope="module")
def lamps(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a repository of a team whose business is lamps."""
    project = with_lamps(cloned(tmp_path_factory.mktemp("team") / "lamps"))
    make(project, "shipped", "spec")
    committed(project, "Put lamps beside the shop")
    return project


def test_the_code_is_in_shape(lamps: Path) -> None:
    assert "FAILED" not in make(lamps, "lint", "types", "imports")


def test_the_tests_of_the_business_and_of_what_is_deployed_pass(lamps: Path) -> None:
    assert "[100%]" in python(lamps, "pytest", *DOMAIN, *DEPLOYED)


def test_the_specs_alone_reach_every_branch_of_the_business(lamps: Path) -> None:
    source = "--source=shared/domain/lamps"
    python(lamps, "coverage", "run", source, "-m", "pytest", "tests/specs/test_specs.py")

    assert "100%" in python(lamps, "coverage", "report", "--fail-under=100")


@pytest.mark.long
def test_everything_that_is_tested_passes_beside_another_business(lamps: Path) -> None:
    if LONG:
        assert "FAILED" not in python(lamps, "tests.halves", "beside")
    else:
        assert "[100%]" in python(lamps, "pytest", *SAMPLE)


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
