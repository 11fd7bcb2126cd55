"""What is uploaded of a project: the files that .funcignore leaves."""

import shutil
import subprocess
from pathlib import Path


def uploaded(project: Path, target: Path) -> Path:
    """Copy what is uploaded of a folder that is no repository yet.

    Core Tools and azd read .funcignore by the rules of .gitignore, so git says what is left.
    """
    (project / ".gitignore").unlink(missing_ok=True)
    git(project, "init", "--quiet")
    git(project, "-c", f"core.excludesFile={project / '.funcignore'}", "add", "--all")
    for name in listed(project):
        copy(project / name, target / name)
    return target


def git(place: Path, *arguments: str) -> str:
    ran = subprocess.run(["git", *arguments], cwd=place, capture_output=True, check=True, text=True)
    return ran.stdout


def listed(place: Path) -> list[str]:
    return [name for name in git(place, "ls-files", "-z").split("\0") if name]


def copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(source, target)
