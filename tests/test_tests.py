"""Every test says what it holds: a test that can only crash proves little, and nobody sees what."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent
EMULATORS = HERE.parent / "emulators" / "tests"
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
EXPECTS = {"raises", "warns"}
CHECK = "check"
"""What asserts for a test is called so, and nothing else is."""

SILENT = """
async def test_it_works() -> None:
    await process(event)
"""
SAYING = """
class TestIt:
    def test_it_is_so(self) -> None:
        assert process(event) == 7

def test_it_fails() -> None:
    with pytest.raises(ValueError):
        process(event)

def test_it_keeps_to_everything(check: Check) -> None:
    check(process(event))
"""
NESTED = """
def test_what_is_never_called_asserts_nothing() -> None:
    def never() -> None:
        assert False
    process(event)
"""


def silent(source: str) -> Iterator[str]:
    """Name the tests that neither assert, nor expect something to be raised, nor hand over to a check."""
    defined = (node for node in ast.walk(ast.parse(source)) if isinstance(node, FUNCTIONS))
    for function in defined:
        if function.name.startswith("test_") and not any(map(_says, _own(function))):
            yield function.name


def _own(node: ast.AST) -> Iterator[ast.AST]:
    """Walk through a function without those that it defines: nobody knows whether they are called."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, (*FUNCTIONS, ast.Lambda)):
            yield child
            yield from _own(child)


def _says(node: ast.AST) -> bool:
    match node:
        case ast.Assert():
            return True
        case ast.Call(func=ast.Attribute(attr=name)):
            return name in EXPECTS
        case ast.Call(func=ast.Name(id=name)):
            return name == CHECK
    return False


@pytest.mark.parametrize(
    "file",
    sorted((*HERE.rglob("test_*.py"), *EMULATORS.rglob("test_*.py"))),
    ids=lambda file: str(file.relative_to(HERE.parent)),
)
def test_every_test_says_what_it_holds(file: Path) -> None:
    assert list(silent(file.read_text(encoding="utf-8"))) == []


def test_a_test_that_says_nothing_is_found_and_no_other() -> None:
    assert list(silent(SILENT)) == ["test_it_works"]
    assert list(silent(SAYING)) == []
    assert list(silent(NESTED)) == ["test_what_is_never_called_asserts_nothing"]
