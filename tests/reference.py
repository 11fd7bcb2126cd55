"""The project with the shop as the business that runs: here, or in a copy when another business runs here."""

import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from infra.business import SHOP, Project
from infra.local import stack
from tests.active import FOLDER

LEFT_OUT: Final = shutil.ignore_patterns(".*", "__pycache__")


def copied(target: Path) -> Path:
    """Copies the project, without what is only of this machine."""
    return Path(shutil.copytree(stack.ROOT, target, ignore=LEFT_OUT, dirs_exist_ok=True))


def activated(copy: Path, folder: str) -> Path:
    """Changes the one line of a copy so that it names a business, and writes what is generated from that."""
    Project(copy).activate(folder)
    subprocess.run([sys.executable, "-m", "infra.indexes"], cwd=copy, check=True)
    return copy


if FOLDER == SHOP:
    ROOT = stack.ROOT
else:
    _KEPT: Final = TemporaryDirectory()
    ROOT = activated(copied(Path(_KEPT.name)), SHOP)
