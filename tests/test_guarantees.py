"""The guarantees: each names a test that is there."""

import re

import pytest

from infra.local.stack import ROOT

TEXT = (ROOT / "docs" / "guarantees.md").read_text(encoding="utf-8")
LINKS = re.findall(r"\[(test_\w+)\]\(\.\./(tests/[\w/]+\.py)\)", TEXT)
PROMISES = [line for line in TEXT.splitlines() if line.startswith("| **")]


@pytest.mark.parametrize(("test", "file"), sorted(set(LINKS)))
def test_a_link_leads_to_a_test(test: str, file: str) -> None:
    source = (ROOT / file).read_text(encoding="utf-8")

    assert re.search(rf"^(async )?def {test}\(", source, re.MULTILINE)


@pytest.mark.parametrize("promise", PROMISES)
def test_every_promise_has_a_proof(promise: str) -> None:
    assert "](../tests/" in promise
