"""Whatever business runs, all tests of the project pass.

What can tell one business from another is run here with every change: the checks of the code, the tests of the
business itself, and those of what is deployed. All other tests run the shop, whichever business runs, and are run
beside another one with `make long`.
"""

from pathlib import Path

import pytest

from tests.halves import DOMAIN
from tests.sizes import LONG
from tests.swap.clones import cloned, committed, make, python, with_lamps

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
def test_every_other_test_passes_beside_another_business(lamps: Path) -> None:
    if LONG:
        assert "FAILED" not in make(lamps, "test")
    else:
        assert "[100%]" in python(lamps, "pytest", *SAMPLE)
