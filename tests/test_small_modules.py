"""Modules stay small: who opens one reads it in a sitting, and its name says all that it contains."""

import subprocess
from collections.abc import Iterable
from pathlib import Path

from infra.local.stack import ROOT

LINES = 250


def too_long(modules: Iterable[Path]) -> dict[str, int]:
    """Count the lines of the modules that have too many."""
    counted = {str(one): len(one.read_text(encoding="utf-8").splitlines()) for one in modules}
    return {name: lines for name, lines in counted.items() if lines > LINES}


def test_no_module_has_more_than_250_lines() -> None:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True)
    modules = [path for name in listed.stdout.splitlines() if (path := ROOT / name).exists()]

    assert len(modules) > 500
    assert too_long(modules) == {}


def test_a_module_that_is_too_long_would_be_found(tmp_path: Path) -> None:
    for name, lines in (("long.py", LINES + 1), ("short.py", LINES)):
        (tmp_path / name).write_text("a = 1\n" * lines, encoding="utf-8")

    assert too_long(tmp_path.glob("*.py")) == {str(tmp_path / "long.py"): LINES + 1}
