"""What is uploaded: the files that .funcignore leaves, and they run without the rest of the repository."""

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest

from infra.local.stack import ROOT, SETTINGS
from tests.infra.clouds import functions
from tests.infra.declared import DEPLOYED
from tests.infra.packages import copy, listed, uploaded

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
    assert kinds <= {".py", ".json", ".txt", ".html", ".typed"}


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
    assert json.loads(said).keys() == functions().keys()
