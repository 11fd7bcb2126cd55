"""A business of one's own, from a fresh clone: it answers at once, its tests are green, and it goes out alone."""

import shutil
import time
from pathlib import Path

import aiohttp
import pytest

from infra.local.stack import ROOT
from tests.figures import note
from tests.infra.packages import uploaded
from tests.local.running import another_host, running
from tests.local.shopping import ask, post
from tests.swap.clones import cloned, make

REGISTERED = {"name": "Central"}


@pytest.fixture(scope="module")
def begun() -> float:
    return time.perf_counter()


@pytest.fixture(scope="module")
def library(begun: float, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a fresh clone, in which a library was begun."""
    project = cloned(tmp_path_factory.mktemp("fresh") / "clone")
    make(project, "new-domain", "NAME=library")
    assert begun
    return project


def without_the_shop(project: Path, target: Path) -> Path:
    """Return what is uploaded of a project that leaves the shop out."""
    tree = target / "tree"
    shutil.copytree(project, tree, ignore=shutil.ignore_patterns(".git", "__pycache__"))
    with (tree / ".funcignore").open("a", encoding="utf-8") as ignored:
        ignored.write("shared/domain/shop\n")
    return uploaded(tree, target / "package")


async def answers(url: str, id_: str) -> None:
    """Send a first command, and see its row."""
    async with aiohttp.ClientSession(url) as http:
        path = f"/api/library/{id_}/register-library"
        told = await post(http, path, REGISTERED, Prefer="until=projected, wait=20")
        assert [event["type"] for event in told["events"]] == ["LibraryRegistered"]
        shown = await ask(http, f"/api/views/libraries/{id_}")
        assert shown["rows"][0]["data"] == {"name": "Central", "links": 0}


async def test_it_answers_at_once_and_goes_out_without_the_shop(
    library: Path, begun: float, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    async with running(tmp_path / "state", None, library) as stack:
        await answers(stack.url, "1")
        seconds = time.perf_counter() - begun
        note(pytestconfig, f"from a clone to the first answer of one's own: {seconds:.1f} s")

        package = without_the_shop(library, tmp_path)
        domains = [one.name for one in (package / "shared" / "domain").iterdir() if one.is_dir()]
        assert domains == ["library"]
        # Nothing but the emulators of the repository is on the path beside the package.
        (tmp_path / "path").mkdir()
        (tmp_path / "path" / "emulators").symlink_to(ROOT / "emulators")
        path = {"PYTHONPATH": str(tmp_path / "path")}
        async with another_host(stack, package, **path) as host:
            await answers(host.url, "2")


def test_lint_types_imports_and_its_own_tests_are_green(library: Path) -> None:
    assert "FAILED" not in make(library, "lint", "types", "imports", "test-domain")
