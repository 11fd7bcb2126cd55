"""Who takes part, how each is started, and what it does not do."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from infra.local.stack import ROOT
from tests.bench import installing


@dataclass(frozen=True, slots=True)
class Contestant:
    """A library behind the scenario, driven by its public interface.

    The texts say of it what a rate does not: where commits are, what is made JSON, what is left after a kill,
    whether a command that comes twice takes effect once, and whether a state stays in memory.
    """

    name: str
    start: Callable[[], tuple[list[str], Path]]
    store: str
    writes_json: str
    survives: str
    once: str
    keeps_state: str


def _onewrite() -> tuple[list[str], Path]:
    return [sys.executable, "-m", "tests.bench.peers.onewrite"], ROOT


def _in_python(module: str) -> Callable[[], tuple[list[str], Path]]:
    return lambda: ([str(installing.python()), "-m", f"tests.bench.peers.{module}"], ROOT)


def _in_node(script: str) -> Callable[[], tuple[list[str], Path]]:
    return lambda: (["node", script], installing.node())


ONEWRITE: Final = Contestant(
    "Onewrite",
    _onewrite,
    store="its memory twin",
    writes_json="the events",
    survives="no (on Cosmos DB, yes)",
    once="yes",
    keeps_state="yes",
)
CONTESTANTS: Final = (
    ONEWRITE,
    Contestant(
        "eventsourcing",
        _in_python("eventsourcing_item"),
        store="in memory",
        writes_json="the events",
        survives="no",
        once="no",
        keeps_state="yes, and asks whether it is the last",
    ),
    Contestant(
        "UmaDB",
        _in_python("umadb_item"),
        store="a server beside it, on the disk",
        writes_json="what its client chooses",
        survives="yes",
        once="by an event's id",
        keeps_state="what its client keeps",
    ),
    Contestant(
        "Emmett",
        _in_node("emmett.mjs"),
        store="in memory",
        writes_json="nothing",
        survives="no",
        once="no",
        keeps_state="no: warm is cold",
    ),
    Contestant(
        "Castore",
        _in_node("castore.mjs"),
        store="in memory",
        writes_json="nothing",
        survives="no",
        once="no",
        keeps_state="no: warm is cold",
    ),
)


class Running:
    """A contestant's process, which answers a line with the microseconds of a command."""

    def __init__(self, contestant: Contestant) -> None:
        command, folder = contestant.start()
        self._process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.name = contestant.name
        self.version = str(self._line()["version"])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # What it reads ends, and so does it.
        self._process.communicate()

    def round(self, **asked: int | bool) -> float:
        """Time one command on each of some streams."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        return float(self._line())

    def _line(self) -> Any:
        assert self._process.stdout
        line = self._process.stdout.readline()
        assert line, f"{self.name} has ended"
        return json.loads(line)
