"""A team that forked merges the next version: what it wrote meets nothing that the next version changes."""

from pathlib import Path

import pytest

from infra.business import Project
from tests.infra.packages import git
from tests.swap.clones import AUTHOR, cloned, committed, make, python

OWN = ("shared/domain/clinic/", "tests/specs/clinic/", "docs/clinic/")
TOUCHED = {"shared/domain/__init__.py", "shared/domain/indexes.json"}
"""What a team changes of the files that it was given."""


@pytest.fixture
def upstream(tmp_path: Path) -> Path:
    """Give the project that others forked."""
    return cloned(tmp_path / "upstream")


@pytest.fixture
def fork(upstream: Path, tmp_path: Path) -> Path:
    """Give the fork of a clinic, with all that its business generates."""
    fork = tmp_path / "fork"
    git(tmp_path, "clone", "--quiet", str(upstream), str(fork))
    make(fork, "new-domain", "NAME=clinic", "CATEGORY=patient")
    make(fork, "new-category", "NAME=appointment")
    python(fork, "tests.specs.shipped")
    committed(fork, "Begin our clinic")
    return fork


def change(project: Path, file: str, before: str, after: str) -> None:
    text = (project / file).read_text(encoding="utf-8")
    assert text.count(before) == 1
    (project / file).write_text(text.replace(before, after), encoding="utf-8")


def next_version(upstream: Path) -> None:
    """Change the kernel, and of the shop what is generated: its indexes, specification and samples."""
    change(upstream, "shared/kernel/commands/snapshot.py", "EVERY = 50", "EVERY = 60")
    stock, sorts = "shared/domain/shop/views/stock.py", 'sorts=("available", "name")'
    change(upstream, stock, sorts, 'sorts=("available", "name", "received")')
    title = "Overselling is refused"
    specs = (upstream / "tests" / "specs" / "shop" / "item.py").read_text(encoding="utf-8")
    first = specs.partition('    Spec(\n        "')[2].partition('"')[0]
    change(upstream, "tests/specs/shop/item.py", f'"{first}"', f'"{title}"')
    Project(upstream).activate("shop")
    make(upstream, "indexes", "spec")
    committed(upstream, "The next version")


def test_a_fork_touches_the_one_line_and_its_own_files(fork: Path) -> None:
    changed = git(fork, "diff", "--name-only", "origin/main", "HEAD").splitlines()

    assert {file for file in changed if not file.startswith(OWN)} == TOUCHED
    assert {folder for folder in OWN if any(file.startswith(folder) for file in changed)} == {*OWN}


def test_the_next_version_merges_without_a_conflict_and_the_business_goes_on(
    upstream: Path, fork: Path
) -> None:
    next_version(upstream)
    git(fork, "fetch", "--quiet")
    theirs = set(git(fork, "diff", "--name-only", "HEAD...origin/main").splitlines())
    assert {"shared/names.json", "docs/shop/specification.md"} <= theirs

    git(fork, *AUTHOR, "merge", "--quiet", "--message", "Upgrade", "origin/main")

    assert Project(fork).active() == "clinic"
    assert "EVERY = 60" in (fork / "shared/kernel/commands/snapshot.py").read_text()
    assert "specs, 0 do not hold" in make(fork, "spec", "indexes")
    assert git(fork, "status", "--porcelain") == "", "what is generated is as it was"
