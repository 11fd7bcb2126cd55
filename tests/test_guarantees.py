"""The guarantees, and what an answer promises: each names a test that is there."""

import re

import pytest

from infra.local.stack import ROOT

GUARANTEES, MODES = (
    (ROOT / "docs" / name).read_text(encoding="utf-8")
    for name in ("guarantees.md", "response-modes.md")
)
LINKS = re.findall(r"\[(test_\w+)\]\(\.\./(tests/[\w/]+\.py)\)", GUARANTEES + MODES)
PROMISES = [line for line in GUARANTEES.splitlines() if line.startswith("| **")]
FAILURES = [line for line in MODES.splitlines() if line.startswith(("| **", "| proved by"))]


@pytest.mark.parametrize(("test", "file"), sorted(set(LINKS)))
def test_a_link_leads_to_a_test(test: str, file: str) -> None:
    source = (ROOT / file).read_text(encoding="utf-8")

    assert re.search(rf"^(async )?def {test}\(", source, re.MULTILINE)


@pytest.mark.parametrize("promise", PROMISES)
def test_every_promise_has_a_proof(promise: str) -> None:
    assert "](../tests/" in promise


def test_every_failure_has_a_proof_below_it_or_below_the_next() -> None:
    waiting = 0
    for line in FAILURES:
        waiting = waiting + 1 if line.startswith("| **") else 0
        assert waiting < 3, f"nothing proves {line}"

    assert waiting == 0
