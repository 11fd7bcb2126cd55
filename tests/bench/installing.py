"""The environments of the peers: pinned, apart from everything else, made once in `.onewrite/bench`."""

import shutil
import subprocess
import venv
from pathlib import Path
from typing import Final

from infra.local.stack import ROOT

FOLDER: Final = ROOT / ".onewrite" / "bench"
PEERS: Final = Path(__file__).parent / "peers"
SECONDS: Final = 300


class NotHadError(Exception):
    """A peer's environment cannot be made here; the message says why."""


def python(folder: Path = FOLDER) -> Path:
    """Make the environment of the peers in Python, unless it is there; returns its Python."""
    at = folder / "python"
    program = at / "bin" / "python"
    if not (at / "ready").exists():
        venv.create(at, clear=True, with_pip=True)
        pip = [str(program), "-m", "pip", "--quiet", "--disable-pip-version-check", "install"]
        _run([*pip, "--require-hashes", "--requirement", str(PEERS / "requirements.txt")], at)
        (at / "ready").touch()
    return program


def node(folder: Path = FOLDER) -> Path:
    """Make the environment of the peers in JavaScript, unless it is there; returns its folder, scripts and all."""
    if not shutil.which("npm"):
        raise NotHadError("there is no Node here")
    at = folder / "node"
    at.mkdir(parents=True, exist_ok=True)
    for file in (*PEERS.glob("*.mjs"), *PEERS.glob("package*.json")):
        shutil.copy(file, at)
    if not (at / "ready").exists():
        _run(["npm", "ci", "--silent", "--no-audit", "--no-fund"], at)
        (at / "ready").touch()
    return at


def _run(command: list[str], folder: Path) -> None:
    try:
        subprocess.run(command, cwd=folder, check=True, timeout=SECONDS, stdout=subprocess.DEVNULL)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise NotHadError("the registry did not give its packages") from error
