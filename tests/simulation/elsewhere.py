"""What the other tests say of planted bugs: run in a copy of the project whose source has them."""

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from infra.local.stack import ROOT
from tests.simulation.planting import Bug, plant

LEFT_OUT = shutil.ignore_patterns(".venv*", ".onewrite", "__pycache__", ".*_cache")
RUNS = (("-m", "alone"), ("-m", "not alone", "--numprocesses", "3", "--dist", "loadfile"))


def others_pass(bugs: Sequence[Bug], given: Sequence[str]) -> bool:
    """Tell whether all other tests pass with these bugs together; `given` is pytest's, instead of all of them."""
    with TemporaryDirectory() as folder:
        copy = Path(shutil.copytree(ROOT, Path(folder) / "copy", ignore=LEFT_OUT))
        for bug in bugs:
            plant(bug, copy)
        runs = [tuple(given)] if given else RUNS
        return all(_passes(copy, run) for run in runs)


def _passes(copy: Path, options: Sequence[str]) -> bool:
    pytest = (sys.executable, "-m", "pytest", "--ignore", "tests/simulation", *options)
    return subprocess.run(pytest, cwd=copy, check=False).returncode == 0
