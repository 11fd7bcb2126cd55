"""The distribution stands alone: installed elsewhere, it serves the bare SDKs, and knows nothing of Onewrite."""

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
from pathlib import Path

import pytest

from emulators.tests.machine import limit
from emulators.tests.serving import ROOT

EMULATORS = ROOT / "emulators"
README = (EMULATORS / "README.md").read_text(encoding="utf-8")
(EXAMPLE,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
ELSEWHERE = """
import importlib.util, json, emulators
print(json.dumps([emulators.__file__] + [
    name for name in ("shared", "infra", "command_api", "consumers", "tests") if importlib.util.find_spec(name)
]))
"""


def test_every_package_is_part_of_the_distribution() -> None:
    described = tomllib.loads((EMULATORS / "pyproject.toml").read_text(encoding="utf-8"))
    folders = {file.parent for file in EMULATORS.rglob("__init__.py")}
    found = {".".join(("emulators", *one.relative_to(EMULATORS).parts)) for one in folders}

    assert set(described["tool"]["setuptools"]["packages"]) == found


@pytest.fixture
def python(tmp_path: Path) -> Path:
    """Gives an environment that has the distribution, and what it depends on from that of the tests."""
    venv.create(tmp_path / "venv", with_pip=False)
    # What a build writes beside its sources must not stay in the repository.
    sources = shutil.copytree(EMULATORS, tmp_path / "emulators")
    made = tmp_path / "venv" / "bin" / "python"
    here = Path(sysconfig.get_path("purelib"))
    (there,) = (tmp_path / "venv" / "lib").glob("python*/site-packages")
    install = ["-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-index"]
    install += ["--no-build-isolation", "--no-deps", "--target", str(there), str(sources)]
    run(Path(sys.executable), tmp_path, *install)
    (there / "dependencies.pth").write_text(str(here), encoding="utf-8")
    shutil.rmtree(sources)
    return made


def run(python: Path, folder: Path, *arguments: str, said: str = "") -> str:
    done = subprocess.run(
        [str(python), *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"]},
        input=said,
        capture_output=True,
        text=True,
        timeout=limit(),
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.proof
def test_installed_elsewhere_it_serves_the_bare_sdks_without_onewrite(
    python: Path, tmp_path: Path
) -> None:
    file, *others = json.loads(run(python, tmp_path, "-c", ELSEWHERE))
    assert Path(file).is_relative_to(tmp_path)
    assert others == []

    ports = ("--cosmos", "0", "--event-hubs", "0", "--event-grid", "0", "--faults", "0")
    named = ("--hub", "orders:4:billing", "--topic", "news")
    with subprocess.Popen(
        [str(python), "-m", "emulators", "--state", str(tmp_path / "state"), *ports, *named],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"]},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as serving:
        assert serving.stdout
        ready = serving.stdout.readline()
        told = run(python, tmp_path, "-W", "ignore", "-c", EXAMPLE, said=ready)
        serving.terminate()

    assert told.splitlines() == ["total 7", "events 1", "published"]


def test_the_host_says_how_it_is_called() -> None:
    assert "--app" in run(Path(sys.executable), ROOT, "-m", "emulators", "host", "--help")
