"""Brings an SDK and its tests from the registry; nothing of them is kept in this repository."""

import subprocess
import tarfile
import venv
from pathlib import Path
from typing import Final

from emulators.tests.official.suites import Suite

_NEEDS: Final = ("setuptools", "pytest", "pytest-asyncio", "pytest-timeout", "pytest-xdist")


def environment(folder: Path, suite: Suite) -> Path:
    """Make an environment with a suite's SDK, if it is not there; returns its Python."""
    at = folder / f"venv-{suite.name}"
    python = at / "bin" / "python"
    if not python.exists():
        venv.create(at, with_pip=True)
        needs = (*_NEEDS, *suite.needs, f"{suite.package}=={suite.version}")
        subprocess.run([python, "-m", "pip", "--quiet", "install", *needs], check=True)
    return python


def source(folder: Path, suite: Suite, python: Path) -> Path:
    """Fetch an SDK's tests with the pip of a Python, if they are not there; returns their folder."""
    if not (folder / suite.folder).exists():
        wanted = f"{suite.package}=={suite.version}"
        options = ["--quiet", "--no-deps", "--no-build-isolation", "--no-binary", ":all:"]
        download = [str(python), "-m", "pip", "download", *options, "--dest", str(folder), wanted]
        subprocess.run(download, check=True)
        with tarfile.open(folder / f"{suite.folder}.tar.gz") as opened:
            opened.extractall(folder, filter="data")
    tests = folder / suite.folder / "tests"
    for name, text in suite.missing.items():
        (tests / name).write_text(text, encoding="utf-8")
    return tests
