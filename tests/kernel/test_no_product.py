"""The kernel knows no product: no limit, escape or item format of a store or a log."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.stack import ROOT

PRODUCT = re.compile(
    r"cosmos|event ?hubs?\b|event ?grid|azure|\bsdk\b|etag|escap|[0-9] ?[KMG]B\b"
    r"|\"(_\w+|commandId|commandDigest|lastSeen|resourceBody)\"",
    re.IGNORECASE,
)
LARGEST_OWN_NUMBER = 1_000
HASH = "partition.py"
"""Its numbers are those of a published hash."""

MODULES = sorted((ROOT / "shared" / "kernel").rglob("*.py"))


def told_by(source: str) -> list[str]:
    """Find what a module says about products, and numbers that only a product can have given it."""
    found = [match.group() for match in PRODUCT.finditer(source)]
    return found + [f"{number:_}" for number in _numbers(ast.parse(source))]


def _numbers(tree: ast.AST) -> Iterator[int]:
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, int)
            and node.value > LARGEST_OWN_NUMBER
        ):
            yield node.value


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_of_the_kernel_knows_no_product(module: Path) -> None:
    found = told_by(module.read_text(encoding="utf-8"))

    assert [
        one for one in found if module.name != HASH or not one.replace("_", "").isdecimal()
    ] == []


@pytest.mark.parametrize(
    "source",
    [
        "LARGEST = 1_800_000",
        "# An item has at most 2 MB.",
        'item["commandId"]',
        '"""As the SDK sends it."""',
        'stored["_etag"]',
    ],
)
def test_what_a_kernel_must_not_know_is_found(source: str) -> None:
    assert len(told_by(source)) == 1
