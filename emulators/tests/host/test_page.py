"""The page of the host: each line is played, by a test that is there, or differs for a reason."""

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "host.md"
TEXT = PAGE.read_text(encoding="utf-8")
ROWS = [line for line in TEXT.splitlines() if line.startswith("| ")]
LINES = [row for row in ROWS if not row.startswith(("| ---", "| what the real host"))]
LINKS = sorted(set(re.findall(r"\[(test_\w+)\]\((\.\./tests/[\w/]+\.py)\)", TEXT)))


@pytest.mark.parametrize(("test", "file"), LINKS)
def test_a_link_leads_to_a_test(test: str, file: str) -> None:
    source = (PAGE.parent / file).read_text(encoding="utf-8")

    assert re.search(rf"^(async )?def {test}\(", source, re.MULTILINE)


@pytest.mark.parametrize("line", LINES, ids=range(len(LINES)))
def test_a_line_is_played_by_a_test_or_differs_for_a_reason(line: str) -> None:
    _, seen, here, proof, _ = (part.strip() for part in line.split("|"))

    assert seen
    assert here.split()[0].rstrip(",:") in {"played", "differs"}
    assert "](../tests/" in proof if here.startswith("played") else proof
