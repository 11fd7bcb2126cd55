"""Plays a deployment: which resources, with which values and in which order, Azure would be asked for."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from tests.infra.bicep.declaration import Declaration, Node
from tests.infra.bicep.expressions import Expressions, Scope, names_in
from tests.infra.bicep.functions import SUBSCRIPTION, functions, resource_id
from tests.infra.bicep.resources import Outputs, Resource
from tests.infra.bicep.syntax import Reader
from tests.infra.bicep.tokens import BicepError
from tests.infra.bicep.types import Type, fits, named

_MADE: Final = {"resource", "module"}


@dataclass(slots=True)
class Lookup:
    """A resource that a file refers to as existing, and what is made with it."""

    id: str
    users: list[Resource]


class Deployment:
    """One file with its parameters; `resources` and `lookups` are those of its modules too."""

    def __init__(self, path: Path, parameters: dict[str, Any], group: str = SUBSCRIPTION) -> None:
        self.resources: list[Resource] = []
        self.lookups: list[Lookup] = []
        self.outputs: dict[str, Any] = {}
        self._path = path
        self._group = group
        said = read(path)
        # An output may have the name of a parameter: they do not share a space.
        self._declared = {one.name: one for one in said if one.kind != "output"}
        if len(self._declared) + sum(one.kind == "output" for one in said) < len(said):
            raise BicepError(f"{path.name} declares one name twice")
        self._expressions = Expressions(
            path.name, functions(path.parent, group), self._resolve, self._declared.keys()
        )
        self._types = dict(types_of(path, said))
        check_names(path, said)
        self._known: dict[str, Any] = {}
        self._made: dict[str, list[Resource]] = {}
        self._existing: dict[str, list[str]] = {}
        self._take(parameters)
        for one in self._declared.values():
            if one.kind in _MADE:
                self._resolve(one.name)
        self.lookups += self._looked_up()
        for one in said:
            if one.kind == "output":
                value = self._value(_node(one), {})
                self._check(one, value)
                self.outputs[one.name] = value

    def _take(self, parameters: dict[str, Any]) -> None:
        wanted = {one.name: one for one in self._declared.values() if one.kind == "param"}
        if unknown := parameters.keys() - wanted.keys():
            raise BicepError(f"{self._path.name} has no parameters {sorted(unknown)}")
        for name, one in wanted.items():
            if name not in parameters and one.value is None:
                raise BicepError(f"{self._path.name} misses the parameter {name}")
            value = parameters[name] if name in parameters else self._value(_node(one), {})
            allowed = one.decorators.get("allowed")
            if allowed and value not in self._value(allowed[0], {}):
                raise BicepError(f"{self._path.name}: {name} may not be {value!r}")
            self._check(one, value)
            self._known[name] = value

    def _check(self, one: Declaration, value: Any) -> None:
        assert one.type
        if not fits(value, one.type, self._types):
            raise BicepError(f"{self._path.name}: {one.name} is not of its type: {value!r}")

    def _resolve(self, name: str) -> Any:
        if name not in self._declared:
            raise BicepError(f"{self._path.name}: nothing is called {name}")
        one = self._declared[name]
        if name not in self._known:
            if one.kind == "var":
                self._known[name] = self._value(_node(one), {})
            else:
                self._known[name] = self._make(one)
        return self._known[name]

    def _make(self, one: Declaration) -> Any:
        node, made = _node(one), self._made.setdefault(one.name, [])
        make = self._resource if one.kind == "resource" else self._module
        value: Any
        if node[0] == "if":
            value = make(one, node[2], {}, made) if self._value(node[1], {}) else None
        elif node[0] == "for":
            value = self._loop(one, node, made)
        else:
            value = make(one, node, {}, made)
        self._wait(made, (each for name in self._needed(one.name) for each in self._made[name]))
        return value

    def _loop(self, one: Declaration, node: Node, made: list[Resource]) -> list[Any]:
        make = self._resource if one.kind == "resource" else self._module
        in_turn = "batchSize" in one.decorators
        values = []
        for scope in self._expressions.turns(node, {}):
            turn: list[Resource] = []
            values.append(make(one, node[4], scope, turn))
            if in_turn:
                self._wait(turn, made)
            made += turn
        return values

    @staticmethod
    def _wait(made: list[Resource], first: Iterable[Resource]) -> None:
        waited = {id_ for one in first for id_ in (one.id, *one.after)}
        for one in made:
            one.after |= waited

    def _looked_up(self) -> Iterator[Lookup]:
        for name, ids in self._existing.items():
            users = [
                one for user in self._made if name in self._needed(user) for one in self._made[user]
            ]
            yield from (Lookup(id_, users) for id_ in ids)

    def _needed(self, name: str) -> set[str]:
        """Returns what a declaration refers to or waits for, through variables and what exists already."""
        found: set[str] = set()
        waiting = [name]
        while waiting:
            for other in names_in(self._declared[waiting.pop()]):
                if other not in found | {name} and other in self._declared:
                    found.add(other)
                    if not self._made.get(other):
                        waiting.append(other)
        return {other for other in found if other in self._made}

    def _resource(
        self,
        one: Declaration,
        node: Node,
        scope: Scope,
        made: list[Resource],
        *,
        parent: Resource | None = None,
        symbol: str = "",
    ) -> Resource:
        symbol = symbol or one.name
        body: dict[str, Any] = self._value(node, scope)
        parent = body.pop("parent", parent)
        stands_on = body.pop("scope", None)
        kind, _, version = one.detail.partition("@")
        name = body["name"]
        if parent is not None:
            kind = kind if kind.count("/") > 1 else f"{parent.kind}/{kind}"
            version, name = version or parent.version, f"{parent.name}/{name}"
        under = stands_on.id if isinstance(stands_on, Resource) else self._group
        if kind == "Microsoft.Resources/resourceGroups":
            id_ = f"{SUBSCRIPTION}/resourceGroups/{name}"
        else:
            id_ = resource_id(under, kind, *name.split("/"))
        on = under if stands_on else None
        found = Resource(kind, version, name, id_, body, on, one.existing, one.skipped)
        if one.existing:
            self._existing.setdefault(symbol, []).append(id_)
        else:
            self.resources.append(found)
            made.append(found)
        for child in node[2]:
            inner: list[Resource] = []
            found.children[child.name] = self._resource(
                child, _node(child), scope, inner, parent=found, symbol=symbol
            )
            self._wait(inner, [] if one.existing else [found])
            made += inner
        return found

    def _module(self, one: Declaration, node: Node, scope: Scope, made: list[Resource]) -> Outputs:
        body = self._value(node, scope)
        on = body.get("scope")
        group = on.id if isinstance(on, Resource) else on["id"] if on else self._group
        inner = Deployment(self._path.parent / one.detail, body["params"], group)
        self.resources += inner.resources
        self.lookups += inner.lookups
        made += inner.resources
        return Outputs(inner.outputs, [each.id for each in inner.resources])

    def _value(self, node: Node, scope: Scope) -> Any:
        return self._expressions.value(node, scope)


def read(path: Path) -> Sequence[Declaration]:
    """Reads a file; raises BicepError where there is none."""
    if not path.is_file():
        raise BicepError(f"there is no file {path.name}")
    return _parsed(path.read_text("utf-8"))


@cache
def _parsed(text: str) -> tuple[Declaration, ...]:
    return tuple(Reader(text).file())


def types_of(path: Path, said: Sequence[Declaration]) -> Iterator[tuple[str, Type]]:
    """Yields the types that a file declares, and those that it imports with what they are made of."""
    for one in said:
        if one.kind == "import":
            other = path.parent / one.detail
            found = dict(types_of(other, read(other)))
            if missing := set(one.imported) - found.keys():
                raise BicepError(f"{other.name} has no types {sorted(missing)}")
            yield from found.items()
        elif one.kind == "type":
            assert one.type
            yield one.name, one.type


def check_names(path: Path, said: Sequence[Declaration]) -> None:
    """Raise BicepError where a file neither declares nor imports a type that it names."""
    known = {name for one in said for name in one.imported}
    known |= {one.name for one in said if one.kind == "type"}
    if missing := {name for one in said for name in named(one.type)} - known:
        raise BicepError(f"{path.name} neither declares nor imports {sorted(missing)}")


def _node(one: Declaration) -> Node:
    if one.value is None:
        raise BicepError(f"{one.name} has no value")
    return one.value
