"""The libraries of the pages: as their registry ships them, with their licences, every version named."""

import json
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest

from emulators.tests.machine import limit

PAGES = Path(__file__).parents[2] / "command_api" / "pages"
VENDORED: dict[str, dict[str, Any]] = json.loads((PAGES / "vendored.json").read_text())


def test_every_file_of_a_library_is_listed() -> None:
    listed = {f"{name}/{file}" for name, one in VENDORED.items() for file in one["files"]}

    files = (one for one in (PAGES / "vendor").rglob("*") if one.is_file())
    assert {str(one.relative_to(PAGES / "vendor")) for one in files} == listed


@pytest.mark.parametrize("name", VENDORED)
def test_a_library_comes_with_its_licence(name: str) -> None:
    assert "LICENSE" in VENDORED[name]["files"]


# It asks the registry.
@pytest.mark.proof
@pytest.mark.skipif(not shutil.which("npm"), reason="there is no Node here")
@pytest.mark.parametrize("name", VENDORED)
def test_a_library_is_as_its_registry_ships_it(name: str, tmp_path: Path) -> None:
    named = f"{name}@{VENDORED[name]['version']}"
    subprocess.run(["npm", "pack", "--silent", named], cwd=tmp_path, check=True, timeout=limit(120))

    [packed] = tmp_path.iterdir()
    with tarfile.open(packed) as archive:
        for file in VENDORED[name]["files"]:
            shipped = archive.extractfile(f"package/{file}")
            assert shipped is not None
            assert shipped.read() == (PAGES / "vendor" / name / file).read_bytes(), file
