"""What the code of the emulators says by itself: what it refuses by name, and what is guessed in it."""

import ast
import re
from collections.abc import Iterable, Iterator
from typing import Final

from emulators.tests.fidelity.tables import EMULATORS

FOLDERS: Final = {"Cosmos DB": "cosmos", "Event Hubs": "event_hubs", "Event Grid": "event_grid"}
# Where the names of what is refused stand, if not in the refusal.
_LISTS: Final = frozenset({"UNSUPPORTED", "REFUSED", "NO_CHANGE", "_UNREAD"})
_ASSIGNED: Final = re.compile(r"(\w+)(?:: \w+)? = ")


def modules(service: str) -> Iterator[tuple[str, str]]:
    """Yield the modules of a service: path and text."""
    for path in sorted((EMULATORS / FOLDERS[service]).rglob("*.py")):
        yield str(path.relative_to(EMULATORS)), path.read_text(encoding="utf-8")


def refusals(service: str) -> list[str]:
    """List what a service refuses by name; … stands for what the request said."""
    found: set[str] = set()
    for _, text in modules(service):
        for node in ast.walk(ast.parse(text)):
            found.update(_refused(node))
    # What begins with words of the request says nothing by itself.
    return sorted((what for what in found if not what.startswith("…")), key=str.lower)


def guesses(service: str) -> set[tuple[str, str]]:
    """List what is marked as guessed: modules, and names in them."""
    found = set()
    for module, text in modules(service):
        for number, line in enumerate(text.splitlines(), 1):
            if "guessed" in line:
                assigned = _ASSIGNED.match(line)
                found.add((module, assigned[1] if assigned else _around(text, number)))
    return found


def _around(text: str, line: int) -> str:
    """Name the class or function that a line is in."""
    named = (
        node
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ClassDef | ast.FunctionDef)
        and node.lineno <= line <= (node.end_lineno or line)
    )
    return max(named, key=lambda node: node.lineno).name


def _refused(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Call(func=ast.Name(id="unsupported"), args=[what, *_]):
            yield from _text(what)
        case ast.Call(
            func=ast.Name(id="RefusedError"), args=[ast.Name(id="NOT_IMPLEMENTED"), what]
        ):
            yield from _text(what)
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in _LISTS:
            yield from _listed(value)
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value) if name in _LISTS:
            yield from _listed(value)


def _text(what: ast.expr) -> Iterator[str]:
    if isinstance(what, ast.JoinedStr):
        yield "".join("".join(_strings([part])) or "…" for part in what.values)
    else:
        yield from _strings([what])


def _listed(value: ast.expr) -> Iterator[str]:
    match value:
        case ast.Dict(values=[ast.Dict(), *_], keys=keys):
            yield from _strings(keys)
        case ast.Dict(values=values):
            yield from _strings(values)
        case ast.Tuple(elts=elements):
            yield from _strings(elements)
        case ast.Call(args=[ast.Set(elts=elements)]):
            yield from (f"{one} in a query" for one in _strings(elements))


def _strings(nodes: Iterable[ast.expr | None]) -> list[str]:
    constants = (node.value for node in nodes if isinstance(node, ast.Constant))
    return [value for value in constants if isinstance(value, str)]
