"""The tables of the README, row by row."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

EMULATORS: Final = Path(__file__).parents[2]
README: Final = EMULATORS / "README.md"
SERVICES: Final = ("Cosmos DB", "Event Hubs", "Event Grid")
_CELLS: Final = re.compile(r"(?<!\\)\|")


@dataclass(frozen=True, slots=True)
class Answer:
    """A known answer: of a service, with its value if it is a number, its place in the code, its source."""

    service: str
    answer: str
    value: str
    module: str
    name: str
    source: str


def rows(heading: str) -> list[list[str]]:
    """Read the first table behind a heading, without its head."""
    text = README.read_text(encoding="utf-8").partition(f"\n### {heading}\n")[2]
    lines = text.partition("\n#")[0].splitlines()
    table = [line for line in lines if line.startswith("|")]
    return [[cell.strip() for cell in _CELLS.split(line)[1:-1]] for line in table[2:]]


def answers() -> list[Answer]:
    """Read the table of known answers."""
    found = []
    for service, answer, value, place, source in rows("Known answers"):
        module, _, name = place.partition(" ")
        found.append(Answer(service, answer, value, module, name.strip("`"), source))
    return found
