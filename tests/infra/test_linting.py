"""What the official compiler would say of the Bicep, where it is not at hand: what has been got wrong before."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.infra.bicep.declaration import Declaration, Node
from tests.infra.bicep.deployment import read
from tests.infra.bicep.expressions import names_in
from tests.infra.test_syntax import FILES

MADE = {"resource", "module"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_nobody_waits_by_hand_for_what_is_waited_for_already(path: Path) -> None:
    """The rule no-unnecessary-dependson: what is referred to, and what that refers to, is made before."""
    said = {one.name: one for one in read(path) if one.kind != "output"}

    for one in said.values():
        if one.kind in MADE and not one.existing:
            assert waited_for(one) & referred_to(one, said) == set(), one.name


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_module_takes_every_value_that_a_parameter_may_have(path: Path) -> None:
    """BCP036: a parameter that may be more than a module allows cannot be handed to it, whatever the condition."""
    said = {one.name: one for one in read(path) if one.kind != "output"}

    for module in (one for one in said.values() if one.kind == "module"):
        inner = {one.name: one for one in read(path.parent / module.detail)}
        for name, value in handed(module):
            if value[0] == "name" and (takes := allowed(inner[name])):
                assert (allowed(said[value[1]]) or {"anything"}) <= takes, f"{module.name}.{name}"


def body(node: Node) -> Node:
    """Give the object of a declaration, behind its loop and its condition."""
    while node[0] in {"if", "for"}:
        node = node[2] if node[0] == "if" else node[4]
    return node


def properties(one: Declaration) -> Iterator[tuple[str, Node]]:
    assert one.value
    yield from ((key[1], value) for key, value in body(one.value)[1])


def waited_for(one: Declaration) -> set[str]:
    return names_in(dict(properties(one)).get("dependsOn", ()))


def referred_to(one: Declaration, said: dict[str, Declaration]) -> set[str]:
    """Name all that a declaration needs, without what it waits for by hand."""
    found: set[str] = set()
    waiting = [one]
    while waiting:
        for name in needs(waiting.pop()) & said.keys() - found:
            found.add(name)
            waiting.append(said[name])
    return found


def needs(one: Declaration) -> set[str]:
    if one.kind not in MADE:
        return names_in(one.value)
    outside: Any = one.value
    found: set[str] = set()
    while outside[0] in {"if", "for"}:
        found |= names_in(outside[1] if outside[0] == "if" else outside[3])
        outside = outside[2] if outside[0] == "if" else outside[4]
    return found.union(*(names_in(value) for name, value in properties(one) if name != "dependsOn"))


def handed(module: Declaration) -> Iterator[tuple[str, Node]]:
    for key, value in dict(properties(module))["params"][1]:
        yield key[1], value


def allowed(one: Declaration) -> set[str]:
    found = one.decorators.get("allowed", [])
    return {item[1] for items in found for item in items[1]}
