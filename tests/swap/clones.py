"""Clones of the project as it stands here, committed or not; what is installed is used again."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from infra.local.stack import ROOT
from tests.infra.packages import copy, git
from tests.reference import LEFT_OUT, activated

HERE: Final = Path(__file__).parent
HOME: Final = ("tests.swap.domain", "shared.domain.lamps")
MYPY: Final = ".mypy_cache"
AUTHOR: Final = ("-c", "user.name=A team", "-c", "user.email=team@example.com")


def cloned(target: Path) -> Path:
    """Return a repository with one commit: all that is tracked here, or would be."""
    for name in git(ROOT, "ls-files", "-z", "-co", "--exclude-standard").split("\0"):
        if name and (ROOT / name).is_file():
            copy(ROOT / name, target / name)
    git(target, "init", "--quiet", "--initial-branch", "main")
    committed(target, "Begin")
    if (ROOT / MYPY).is_dir():
        # What has been checked here is checked there.
        shutil.copytree(ROOT / MYPY, target / MYPY)
    return target


def committed(repository: Path, subject: str) -> None:
    """Commit everything."""
    git(repository, "add", "--all")
    git(repository, *AUTHOR, "commit", "--quiet", "--message", subject)


def with_lamps(project: Path) -> Path:
    """Let a project run lamps, and hold their specs."""
    home = project / "shared" / "domain" / "lamps"
    shutil.copytree(HERE / "domain", home, ignore=LEFT_OUT)
    specs = project / "tests" / "specs" / "lamps" / "__init__.py"
    specs.parent.mkdir()
    # In the project the domain is at home.
    specs.write_text((HERE / "specs.py").read_text(encoding="utf-8").replace(*HOME))
    shutil.copy(HERE / "shipped.json", specs.with_name("shipped.json"))
    imports = [
        sys.executable,
        "-m",
        "ruff",
        "check",
        "--quiet",
        "--fix",
        "--select",
        "I",
        str(specs),
    ]
    subprocess.run(imports, cwd=project, check=True)
    return activated(project, "lamps")


def run(project: Path, *command: str) -> str:
    """Run a command in a project; gives what it says when all is well."""
    done = subprocess.run(
        command,
        cwd=project,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def python(project: Path, *arguments: str) -> str:
    """Run a module of Python in a project."""
    return run(project, sys.executable, "-m", *arguments)


def make(project: Path, *targets: str) -> str:
    """Run targets of make with what is installed here."""
    return run(project, "make", "--assume-old=setup", f"VENV={sys.prefix}", *targets)
