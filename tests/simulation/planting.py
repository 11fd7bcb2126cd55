"""Planting: a bug is a change of source text, so that it cannot outlive the code that it changes."""

import __future__

import ast
import importlib
import inspect
import sys
import textwrap
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared.domain.shop import domain

UNREAD_ANNOTATIONS = __future__.annotations.compiler_flag


@dataclass(frozen=True)
class Bug:
    """In a place (module:function), `right` becomes `wrong`; a `pulled` world finds it, or any."""

    name: str
    place: str
    right: str
    wrong: str
    pulled: bool = False

    def change(self, source: str) -> str:
        """Put the bug into the source of its function."""
        assert source.count(self.right) == 1, f"{self.name}: {self.right!r} is not there once"
        return source.replace(self.right, self.wrong)


@contextmanager
def planted(bug: Bug) -> Iterator[None]:
    """Plant a bug in this process wherever its function is known, and take it out again."""
    module_name, _, path = bug.place.partition(":")
    module = importlib.import_module(module_name)
    *owners, name = path.split(".")
    owner: Any = module
    for one in owners:
        owner = getattr(owner, one)
    right = getattr(owner, name)
    made: dict[str, Any] = {}
    source = bug.change(textwrap.dedent(inspect.getsource(right)))
    # The type parameters that its annotations may name belong to its class.
    exec(compile(source, "<planted>", "exec", UNREAD_ANNOTATIONS), vars(module), made)
    places = [owner] if owners else [m for m in sys.modules.values() if _knows(m, name, right)]
    deciders = [one.decider for one in domain.categories if getattr(one.decider, name, 0) is right]
    _put(name, made[name], places, deciders)
    try:
        yield
    finally:
        _put(name, right, places, deciders)


def _put(name: str, function: object, places: Iterable[Any], deciders: Iterable[object]) -> None:
    for place in places:
        setattr(place, name, function)
    for decider in deciders:
        # Frozen, and shared by everybody who decides.
        object.__setattr__(decider, name, function)


def plant(bug: Bug, root: Path) -> None:
    """Plant a bug in the files of a copy of the project."""
    module_name, _, path = bug.place.partition(":")
    file = root.joinpath(*module_name.split(".")).with_suffix(".py")
    text = file.read_text(encoding="utf-8")
    found = _definition(ast.parse(text), path.split("."))
    lines = text.splitlines(keepends=True)
    before, behind = lines[: found.lineno - 1], lines[found.end_lineno :]
    source = textwrap.dedent("".join(lines[found.lineno - 1 : found.end_lineno]))
    changed = textwrap.indent(bug.change(source), " " * found.col_offset)
    file.write_text("".join([*before, changed, *behind]), encoding="utf-8")


def _definition(within: ast.AST, path: list[str]) -> ast.FunctionDef | ast.AsyncFunctionDef:
    for child in ast.iter_child_nodes(within):
        if getattr(child, "name", None) != path[0]:
            continue
        if len(path) > 1:
            return _definition(child, path[1:])
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            return child
    raise LookupError(path[0])


def _knows(module: Any, name: str, function: object) -> bool:
    return getattr(module, "__dict__", {}).get(name) is function
