"""What is uploaded: the files that .funcignore leaves, and they run without the rest of the repository."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from importlib.metadata import distributions
from pathlib import Path

import aiohttp
import pytest

from emulators.tests.waiting import until
from infra.local.stack import ROOT, SETTINGS
from tests.active import UNDECLARED
from tests.infra.clouds import functions
from tests.infra.declared import DEPLOYED, normal, pinned
from tests.infra.packages import copy, listed, uploaded
from tests.local.names import Names
from tests.local.running import Running, another_host

JUNK = (
    *(
        "shared/__pycache__/names.nbi",
        "shared/names.pyc",
        ".coverage",
        ".coverage.host.1",
        ".mypy_cache/a",
    ),
    *(
        ".venv/bin/python",
        ".pytest_cache/a",
        ".onewrite/store",
        "some.egg-info/a",
        ".azure/prod/.env",
    ),
    *("local.settings.json", ".hypothesis/a", ".ruff_cache/a", ".DS_Store", ".vscode/a"),
)


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copies what is tracked, adds what lies around on a laptop, and keeps what is uploaded."""
    tracked = tmp_path_factory.mktemp("tracked")
    for name in listed(ROOT):
        if (ROOT / name).is_file():
            copy(ROOT / name, tracked / name)
    for name in JUNK:
        (tracked / name).parent.mkdir(parents=True, exist_ok=True)
        (tracked / name).touch()
    return uploaded(tracked, tmp_path_factory.mktemp("kept"))


def test_only_what_runs_is_uploaded(package: Path) -> None:
    assert {path.name for path in package.iterdir()} == {
        *DEPLOYED,
        *("host.json", "requirements.txt", ".funcignore"),
    }
    kinds = {path.suffix for path in package.rglob("*") if path.is_file()} - {""}
    assert kinds <= {".py", ".json", ".txt", ".html", ".css", ".js", ".mjs", ".typed"}


async def test_the_package_is_indexed_by_itself(package: Path, tmp_path: Path) -> None:
    """Nothing but the emulators of the repository is on the path beside the package."""
    (tmp_path / "emulators").symlink_to(ROOT / "emulators")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "emulators.host", "--check", "--app", str(package)),
        *("--settings", str(SETTINGS)),
        cwd=package,
        env={"PATH": os.defpath, "PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await process.communicate()

    assert process.returncode == 0
    assert json.loads(said).keys() == functions().keys() - UNDECLARED


INDEX = """
import sys
sys.path[:0] = sys.argv[1:]
import function_app, json
print(json.dumps([one.get_function_name() for one in function_app.app.get_functions()]))
"""


def installed(packages: Iterable[str], target: Path) -> Path:
    """Puts these packages alone into a folder, as pip would put them into an empty environment."""
    wanted = set(packages)
    for one in distributions():
        if normal(one.metadata["Name"]) not in wanted:
            continue
        for file in one.files or ():
            source = Path(str(one.locate_file(file)))
            if ".." not in file.parts and source.is_file():
                (target / file).parent.mkdir(parents=True, exist_ok=True)
                (target / file).symlink_to(source.resolve())
    return target


def indexed(site: Path, package: Path) -> subprocess.CompletedProcess[str]:
    """Load the package as the worker does, with nothing else to import than what is in these folders."""
    return subprocess.run(
        [sys.executable, "-I", "-S", "-c", INDEX, str(package), str(site)],
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=package, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_requirements_alone_are_enough(package: Path, tmp_path: Path) -> None:
    needed = pinned("requirements.txt")
    found = indexed(installed(needed, tmp_path / "all"), package)
    assert found.returncode == 0, found.stderr
    assert set(json.loads(found.stdout)) == functions().keys() - UNDECLARED

    less = indexed(installed(needed.keys() - {"pydantic"}, tmp_path / "less"), package)
    assert "No module named 'pydantic'" in less.stderr


@pytest.mark.proof
async def test_the_package_serves(
    package: Path, stack: Running, own: Names, tmp_path: Path
) -> None:
    (tmp_path / "emulators").symlink_to(ROOT / "emulators")
    beside = {"PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    async with (
        another_host(stack, package, **beside) as host,
        aiohttp.ClientSession(host.url) as http,
    ):
        path, body = f"/api/item/{own('uploaded')}", {"name": "Teapot", "reorderPoint": 1}
        async with http.post(f"{path}/register-item", json=body) as answer:
            assert answer.status == 200, await answer.text()

        async def shown() -> int:
            async with http.get(f"/api/views/stock/{own('uploaded')}") as answer:
                return answer.status

        await until(shown, lambda status: status == 200)
