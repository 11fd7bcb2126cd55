"""The tutorial does what it says: a team follows it as it is written, block by block."""

import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from infra.business import Project
from infra.local.stack import ROOT
from tests.local.running import Running, start
from tests.swap.clones import cloned, make

PAGE = (ROOT / "docs" / "your-own-business.md").read_text(encoding="utf-8")
BLOCKS = re.findall(
    r"^```(\w+)\n(.*?)^```$", PAGE.partition("## Upgrading")[0], re.MULTILINE | re.DOTALL
)
HOST = "127.0.0.1:7071"


class Team:
    """Somebody who follows the page, with a terminal beside it."""

    def __init__(self, folder: Path) -> None:
        self.state = folder / "state"
        self.project = cloned(folder / "clone")
        self.stack: Running | None = None
        self.said = ""

    def follow(self, kind: str, text: str, behind: str) -> None:
        """Do what a block says; a block of text behind it is what a command that fails says."""
        match kind:
            case "sh":
                for line in text.splitlines():
                    self.run(line, fails=behind == "text")
            case "diff":
                self.apply(*text.removeprefix("--- ").split("\n", 1))
            case "python":
                path, _, source = text.removeprefix("# ").partition("\n")
                assert not (self.project / path).exists()
                (self.project / path).write_text(source, encoding="utf-8")
            case "json":
                assert within(json.loads(text), json.loads(self.said)), self.said
            case "text":
                assert [line for line in text.splitlines() if line not in self.said] == []
            case _:
                raise AssertionError(kind)

    def run(self, line: str, *, fails: bool) -> None:
        if line == "make run":
            self.stop()
            self.stack = start(self.state, None, self.project)
        elif line == "make clean":
            self.stop()
            shutil.rmtree(self.state)
            make(self.project, "clean")
        elif line.startswith("make "):
            self.said = self.fail(line) if fails else make(self.project, *line.split()[1:])
        else:
            assert self.stack
            there = line.replace(HOST, self.stack.url.removeprefix("http://"))
            asked = subprocess.run(shlex.split(there), capture_output=True, text=True, check=True)
            self.said = asked.stdout

    def fail(self, line: str) -> str:
        command = [*line.split(), "--assume-old=setup", f"VENV={sys.prefix}"]
        done = subprocess.run(
            command, cwd=self.project, capture_output=True, text=True, check=False
        )
        assert done.returncode
        return done.stdout

    def apply(self, path: str, diff: str) -> None:
        """Apply one block: the lines that stay and go are there once."""
        lines = diff.splitlines()
        before = "\n".join(line[1:] for line in lines if line[:1] in {" ", "-"})
        after = "\n".join(line[1:] for line in lines if line[:1] in {" ", "+"})
        file = self.project / path
        source = file.read_text(encoding="utf-8")
        assert source.count(before) == 1, f"{path} does not have once:\n{before}"
        file.write_text(source.replace(before, after), encoding="utf-8")

    def stop(self) -> None:
        if self.stack:
            self.stack.end()


def within(wanted: Any, found: Any) -> bool:
    """Tell whether everything that is wanted is found, beside whatever else there is."""
    match wanted, found:
        case dict(), dict():
            return all(key in found and within(wanted[key], found[key]) for key in wanted)
        case list(), list():
            return len(wanted) == len(found) and all(map(within, wanted, found))
    return bool(wanted == found)


def test_a_team_that_follows_the_page_has_a_library(tmp_path: Path) -> None:
    team = Team(tmp_path)
    try:
        kinds = [kind for kind, _ in BLOCKS]
        for (kind, text), behind in zip(BLOCKS, [*kinds[1:], ""], strict=True):
            team.follow(kind, text, behind)
    finally:
        team.stop()

    assert {"sh", "diff", "python", "json", "text"} == set(kinds)
    assert Project(team.project).active() == "library"
    assert (team.project / "tests" / "specs" / "library" / "shipped.json").exists()
