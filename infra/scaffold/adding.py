"""Adds one more name to what a module lists, where people would write it."""

import ast
from collections.abc import Iterator


class NotListed(Exception):
    """The module has no such list or tuple, written out in brackets."""


def added(source: str, to: str, what: str) -> str:
    """Return a module in which a list or tuple has one more element at its end; raises NotListed."""
    # Columns count bytes.
    found = next(_sequences(ast.parse(source), to), None)
    if found is None or found.end_lineno is None or found.end_col_offset is None:
        raise NotListed(to)
    lines = source.encode().splitlines(keepends=True)
    end = sum(map(len, lines[: found.end_lineno - 1])) + found.end_col_offset - 1
    before, behind = source.encode()[:end].decode(), source.encode()[end:].decode()
    if behind[0] not in ")]":
        raise NotListed(to)
    if not found.elts:
        return f"{before}{what},{behind}"
    return f"{before.rstrip().removesuffix(',')}, {what}{behind}"


def imported(source: str, line: str) -> str:
    """Return a module with one more import, in front of the others."""
    first = next(
        node for node in ast.parse(source).body if isinstance(node, ast.Import | ast.ImportFrom)
    )
    lines = source.splitlines(keepends=True)
    return "".join([*lines[: first.lineno - 1], f"{line}\n", *lines[first.lineno - 1 :]])


def _sequences(tree: ast.Module, name: str) -> Iterator[ast.List | ast.Tuple]:
    """Yield what is given for an argument of that name, or assigned to it."""
    for node in ast.walk(tree):
        match node:
            case ast.keyword(arg=arg, value=ast.List() | ast.Tuple() as value) if arg == name:
                yield value
            case ast.AnnAssign(
                target=ast.Name(id=id_), value=ast.List() | ast.Tuple() as value
            ) if id_ == name:
                yield value
            case ast.Assign(
                targets=[ast.Name(id=id_)], value=ast.List() | ast.Tuple() as value
            ) if id_ == name:
                yield value
