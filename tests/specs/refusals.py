"""Which refusals there are: in the sources of a domain, and in every state that the specs speak of."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from shared.kernel.commands.category import Category
from shared.kernel.commands.decider import Refusal
from shared.kernel.messages.message import Command
from tests.specs.spec import Spec
from tests.specs.ways import category_of, decided

NAME = Refusal.__name__


class Unfindable(Exception):
    """A refusal is made in a way in which its code cannot be read from the source."""


def codes(folder: Path) -> set[str]:
    """Find the code of every refusal in the sources of a folder; raises Unfindable."""
    found: set[str] = set()
    for file in sorted(folder.rglob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        made = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _names(node.func)]
        for call in made:
            found.add(_code(file, call))
        for node in _handed_on(tree):
            raise Unfindable(f"{file.name}:{node.lineno}: {NAME} goes by another name")
    return found


def refused(category: Category, specs: Sequence[Spec]) -> set[tuple[type[Command], str]]:
    """Send every command that the specs of a category speak of in every state that they speak of."""
    own = [spec for spec in specs if category_of(type(spec.when)).name == category.name]
    tried = [replace(spec, given=other.given) for spec in own for other in own]
    decisions = [(type(spec.when), decided(spec, category)) for spec in tried]
    return {(type_, one.code) for type_, one in decisions if isinstance(one, Refusal)}


def _code(file: Path, call: ast.Call) -> str:
    given = [*call.args[:1], *(word.value for word in call.keywords if word.arg == "code")]
    if len(given) == 1 and isinstance(given[0], ast.Constant) and isinstance(given[0].value, str):
        return given[0].value
    raise Unfindable(f"{file.name}:{call.lineno}: the code is not written where it is refused")


def _names(node: ast.AST) -> bool:
    return (isinstance(node, ast.Name) and node.id == NAME) or (
        isinstance(node, ast.Attribute) and node.attr == NAME
    )


def _handed_on(tree: ast.AST) -> Iterator[ast.expr | ast.alias]:
    """Give where refusals get another name, or are made by somebody who is handed the class."""
    for node in ast.walk(tree):
        match node:
            case ast.alias(name=name, asname=str()) if name.rpartition(".")[2] == NAME:
                yield node
            case ast.Assign(value=value) | ast.NamedExpr(value=value) if _names(value):
                yield value
            case ast.Call(func=func, args=args, keywords=keywords):
                asking = isinstance(func, ast.Name) and func.id in {"isinstance", "issubclass"}
                values = [*args, *(word.value for word in keywords)]
                yield from (value for value in values if _names(value) and not asking)
