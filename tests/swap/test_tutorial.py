"""The tutorial does what it says: applied as written, in a copy, to the domain and its specs alone."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from infra.local.stack import ROOT
from tests.reference import copied

DIFFS = re.findall(
    r"```diff\n--- (\S+)\n(.*?)```", (ROOT / "docs" / "swap-the-domain.md").read_text(), re.DOTALL
)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return copied(tmp_path / "copy")


def apply(copy: Path, path: str, diff: str) -> None:
    """Apply one block: the lines that stay and go are there once."""
    lines = diff.splitlines()
    before = "\n".join(line[1:] for line in lines if line[:1] in {" ", "-"})
    after = "\n".join(line[1:] for line in lines if line[:1] in {" ", "+"})
    file = copy / path
    source = file.read_text(encoding="utf-8")
    assert source.count(before) == 1, f"{path} does not have:\n{before}"
    file.write_text(source.replace(before, after), encoding="utf-8")


def page(copy: Path) -> str:
    return (copy / "docs" / "shop" / "specification.md").read_text(encoding="utf-8")


def spec(copy: Path) -> subprocess.CompletedProcess[str]:
    """`make spec`, in the copy."""
    command = [sys.executable, "-m", "tests.specs"]
    return subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)


def test_the_change_as_written_touches_domain_and_specs_alone_and_holds(copy: Path) -> None:
    for path, diff in DIFFS:
        assert path.startswith(("shared/domain/", "tests/specs/"))
        apply(copy, path, diff)

    held = spec(copy)

    assert held.returncode == 0, held.stdout + held.stderr
    assert "too-many-pieces" in page(copy)


def test_the_specs_without_the_rule_tell_what_is_missing(copy: Path) -> None:
    apply(copy, *DIFFS[0])

    held = spec(copy)

    assert held.returncode == 1
    assert "1. expected refusal 'too-many-pieces'" in held.stdout
    assert "too-many-pieces" not in page(copy), "it says what does not hold"


def test_a_wrong_variant_fails_with_a_story_that_says_what_and_where(copy: Path) -> None:
    for path, diff in DIFFS:
        apply(copy, path, diff.replace("> MOST_RESERVED", ">= MOST_RESERVED"))

    held = spec(copy)

    assert held.returncode == 1
    story = held.stdout.partition("A reservation holds a hundred pieces\n")[2].partition("\n\n")[0]
    assert "ReserveStock(reservation_id='r1', quantity=100)" in story
    assert "1. expected 1 events, got refusal 'too-many-pieces'" in story
