"""A mistake of the business in a command: its sentences alone, where anything else keeps its stack trace."""

import subprocess
import sys
from pathlib import Path

from infra.local.stack import ROOT

COMMAND = """
import sys
from shared.kernel.errors import ConfigurationError

print(*sys.argv[1:])
raise {raised}
"""


def run(folder: Path, raised: str) -> subprocess.CompletedProcess[str]:
    (folder / "command.py").write_text(COMMAND.format(raised=raised), encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-m", "infra.without_traceback", "command", "--option", "x"],
        cwd=ROOT,
        env={"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_mistake_of_the_business_is_printed_without_the_trace(tmp_path: Path) -> None:
    done = run(tmp_path, "ConfigurationError('a view is wrong\\na category, too')")

    assert (done.returncode, done.stdout) == (1, "--option x\n")
    assert done.stderr == "a view is wrong\na category, too\n"


def test_any_other_error_keeps_its_trace(tmp_path: Path) -> None:
    done = run(tmp_path, "ZeroDivisionError('bug')")

    assert done.returncode == 1
    assert "Traceback" in done.stderr
