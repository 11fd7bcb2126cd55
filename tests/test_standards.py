"""The table of the standards: each clause has a test that exists, or a reason."""

import re
from functools import cache

import pytest

from tests.reference import ROOT

PAGE = (ROOT / "docs" / "reference" / "standards.md").read_text(encoding="utf-8")
_NAME = re.compile(r"`(test_[a-z0-9_]+)`")
_ROW = re.compile(r"^\| (?!clause|---)([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
ROWS = _ROW.findall(PAGE)


@cache
def known() -> frozenset[str]:
    """Give the names of all tests."""
    folders = (ROOT / "tests", ROOT / "emulators" / "tests")
    sources = [
        path.read_text(encoding="utf-8") for one in folders for path in one.rglob("test_*.py")
    ]
    return frozenset(re.findall(r"^(?:async )?def (test_\w+)\(", "\n".join(sources), re.MULTILINE))


@pytest.mark.parametrize("clause", ROWS, ids=[row[0] for row in ROWS])
def test_a_clause_is_held_by_a_test_or_has_a_reason(clause: tuple[str, str, str]) -> None:
    _, does, held = clause

    assert does.strip()
    assert _NAME.findall(held) or held.startswith("reason: ")


def test_every_test_that_is_named_exists() -> None:
    assert set(_NAME.findall(PAGE)) - known() == set()
    assert len(ROWS) > 40
