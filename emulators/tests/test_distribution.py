"""The emulators as others get them: installed alone, without the project around them, used as the README says."""

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from emulators.tests.logs import keep
from emulators.tests.machine import limit
from emulators.tests.waiting import in_time

pytestmark = pytest.mark.proof

HERE: Final = Path(__file__).parents[1]
PROJECT: Final[dict[str, Any]] = tomllib.loads((HERE / "pyproject.toml").read_text("utf-8"))
README: Final = (HERE / "README.md").read_text(encoding="utf-8")
ELSEWHERE: Final = ("shared", "infra", "command_api", "tests", "emulators.tests")
"""Of the project, and not of the distribution."""

LOCATE = """
import importlib.util, json, sys
import emulators
def there(name):
    return importlib.util.find_spec(name) is not None
print(json.dumps([emulators.__file__, [name for name in sys.argv[1:] if there(name)]]))
"""


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Returns the Python of an environment that has the distribution, and what it depends on from here."""
    folder = tmp_path_factory.mktemp("distribution")
    environment = folder / "environment"
    # A copy: the build would leave its files in the folder that it builds.
    source = shutil.copytree(
        HERE, folder / "emulators", ignore=shutil.ignore_patterns("__pycache__")
    )
    execute(folder, sys.executable, "-m", "venv", str(environment))
    python = environment / "bin" / "python"
    purelib = 'import sysconfig; print(sysconfig.get_path("purelib"))'
    packages = Path(execute(folder, str(python), "-c", purelib).strip())
    here = [path for path in sys.path if Path(path).name == "site-packages"]
    (packages / "dependencies.pth").write_text("\n".join(here), encoding="utf-8")
    execute(
        folder,
        *(str(python), "-m", "pip", "install", "--no-build-isolation", "--no-deps", "--no-index"),
        *("--disable-pip-version-check", str(source)),
    )
    return python


def execute(folder: Path, *command: str) -> str:
    """Runs a command that must succeed in a folder of its own, and returns what it printed."""
    log = keep(" ".join(command[1:4]), folder / f"{len(list(folder.iterdir()))}.log")
    with log.open("w") as output:
        done = subprocess.run(
            command,
            cwd=folder,
            env=clean(),
            stdout=output,
            stderr=output,
            timeout=limit(),
            check=False,
        )
    assert done.returncode == 0, log.read_text()
    return log.read_text()


def clean() -> dict[str, str]:
    """Returns the environment without what would lead Python to the project."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


def test_it_is_installed_alone(python: Path, tmp_path: Path) -> None:
    file, found = json.loads(execute(tmp_path, str(python), "-c", LOCATE, *ELSEWHERE))

    assert Path(file).is_relative_to(python.parents[1])
    assert found == []


async def test_the_example_of_the_readme_runs(python: Path, tmp_path: Path) -> None:
    example = tmp_path / "example.py"
    example.write_text(fenced("python"), encoding="utf-8")

    async with started(python, tmp_path) as line:
        (tmp_path / "ready.json").write_text(line, encoding="utf-8")
        with keep("example", tmp_path / "example.log").open("w") as output:
            process = await asyncio.create_subprocess_exec(
                *(str(python), str(example)),
                cwd=tmp_path,
                env=clean(),
                stdout=asyncio.subprocess.PIPE,
                stderr=output,
            )
        async with in_time():
            said, _ = await process.communicate()

    assert shape(line) == shape(fenced("json", "ready"))
    assert process.returncode == 0
    assert said.decode().splitlines() == [
        "totals: [12]",
        "received: visit 1 was paid",
        "published",
    ]


@asynccontextmanager
async def started(python: Path, folder: Path) -> AsyncIterator[str]:
    """Starts the command of the README on free ports, and gives the line that it prints."""
    command = re.search(r"^python -m (emulators --hub .+?) > ready\.json$", README, re.MULTILINE)
    assert command
    ports = ("--cosmos", "0", "--event-hubs", "0", "--event-grid", "0", "--faults", "0")
    with keep("emulators", folder / "emulators.log").open("w") as output:
        process = await asyncio.create_subprocess_exec(
            *(str(python), "-m", *command[1].split(), *ports),
            cwd=folder,
            env=clean(),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=output,
        )
    assert process.stdout
    try:
        async with in_time():
            line = await process.stdout.readline()
        assert line, "the emulators did not start: their error is below"
        yield line.decode()
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
    assert process.returncode == 0


def fenced(language: str, word: str = "") -> str:
    """Returns the one block of the README in a language that has a word."""
    blocks = re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    [block] = [str(block) for block in blocks if f'"{word}"' in block or not word]
    return block


def shape(line: str) -> dict[str, Any]:
    """Returns what the line of JSON has, without the ports and keys of a run."""

    def of(value: Any) -> Any:
        return {name: of(inner) for name, inner in value.items()} if isinstance(value, dict) else ""

    found: dict[str, Any] = of(json.loads(line))
    return found


def test_every_package_is_listed() -> None:
    folders = {
        file.parent.relative_to(HERE) for file in own_modules() if file.name == "__init__.py"
    }
    packages = {".".join(("emulators", *folder.parts)) for folder in folders}

    listed = PROJECT["tool"]["setuptools"]["packages"]
    assert sorted(listed) == sorted(packages)
    # A folder of modules without an __init__.py would be left out of the distribution in silence.
    assert {file.parent.relative_to(HERE) for file in own_modules()} == folders


def own_modules() -> Iterator[Path]:
    """Yields the modules of the distribution."""
    for file in HERE.rglob("*.py"):
        if file.relative_to(HERE).parts[0] not in {"tests", "build"}:
            yield file
