"""Plants bugs into a copy of the project, to see whether any other test notices.

python -m tests.simulation.plant COPY NUMBER...

A bug is named by its number in the table, from 0 on. Then, in the copy: make tests, without tests/simulation.
"""

import sys
from pathlib import Path

from infra.local.stack import ROOT
from tests.simulation.bugs import BUGS, Bug, found_in


def plant(copy: Path, bug: Bug) -> None:
    """Change the source of a copy; raises AssertionError when another bug is in the way."""
    file, begun = found_in(bug)
    target = copy / file.relative_to(ROOT)
    text = target.read_text(encoding="utf-8")
    place = text.find(bug.right, text.index(begun))
    assert place >= 0, f"{bug.name}: {bug.right!r} is not there any more"
    target.write_text(text[:place] + bug.wrong + text[place + len(bug.right) :], encoding="utf-8")


if __name__ == "__main__":
    for number in sys.argv[2:]:
        plant(Path(sys.argv[1]), BUGS[int(number)])
        print(f"planted: {BUGS[int(number)].name}")
