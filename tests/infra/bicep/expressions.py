"""Evaluates expressions: of Bicep, and of the templates that the official compiler makes of it."""

from collections.abc import Callable, Container, Mapping
from operator import eq, ge, gt, le, lt, ne
from typing import Any, Final

from tests.infra.bicep.declaration import Node
from tests.infra.bicep.resources import Later, Outputs, Resource, later
from tests.infra.bicep.tokens import BicepError

type Scope = Mapping[str, Any]
"""What loops and lambdas have named."""

_COMPARISONS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "==": eq,
    "!=": ne,
    "<": lt,
    "<=": le,
    ">": gt,
    ">=": ge,
}


class Expressions:
    """The expressions of one file; `resolve` gives what the file has `declared`."""

    def __init__(
        self,
        file: str,
        functions: Mapping[str, Callable[..., Any]],
        resolve: Callable[[str], Any],
        declared: Container[str] = (),
    ) -> None:
        self._file = file
        self._functions = functions
        self._resolve = resolve
        self._declared = declared

    def value(self, node: Node, scope: Scope) -> Any:
        """Returns the value of an expression; raises BicepError where it has none."""
        kind, *rest = node
        return getattr(self, f"_{kind}")(scope, *rest)

    def turns(self, node: Node, scope: Scope) -> list[Scope]:
        """Returns the scopes of the turns of a loop."""
        _, item, index, over, _ = node
        return [
            {**scope, item: one, **({index: number} if index else {})}
            for number, one in enumerate(self.value(over, scope))
        ]

    def _value(self, _scope: Scope, value: Any) -> Any:
        return value

    _text = _value

    def _join(self, scope: Scope, parts: list[Node]) -> str:
        values = [self.value(part, scope) for part in parts]
        return later("".join(str(one) for one in values), *values)

    def _name(self, scope: Scope, name: str) -> Any:
        return scope[name] if name in scope else self._resolve(name)

    def _array(self, scope: Scope, items: list[Node]) -> list[Any]:
        return [self.value(item, scope) for item in items]

    def _object(
        self, scope: Scope, properties: list[tuple[Node, Node]], _children: list[Any]
    ) -> dict[str, Any]:
        return {self.value(key, scope): self.value(value, scope) for key, value in properties}

    def _for(self, scope: Scope, *loop: Any) -> list[Any]:
        return [self.value(loop[3], turn) for turn in self.turns(("for", *loop), scope)]

    def _choose(self, scope: Scope, condition: Node, yes: Node, no: Node) -> Any:
        return self.value(yes if self.value(condition, scope) else no, scope)

    def _not(self, scope: Scope, inner: Node) -> bool:
        return not self.value(inner, scope)

    def _binary(self, scope: Scope, operator: str, left: Node, right: Node) -> Any:
        first = self.value(left, scope)
        if operator in {"&&", "||"}:
            return self.value(right, scope) if first is (operator == "&&") else first
        if operator == "??":
            return self.value(right, scope) if first is None else first
        return _COMPARISONS[operator](first, self.value(right, scope))

    def _lambda(self, scope: Scope, name: str, body: Node) -> Callable[[Any], Any]:
        return lambda value: self.value(body, {**scope, name: value})

    def _call(self, scope: Scope, name: str, arguments: list[Node]) -> Any:
        if name in self._declared:
            raise BicepError(f"{self._file}: {name} is declared, so the function is sys.{name}")
        name = name.removeprefix("sys.")
        if name not in self._functions:
            raise BicepError(f"{self._file}: this reader does not know the function {name}")
        return self._functions[name](*(self.value(one, scope) for one in arguments))

    def _child(self, scope: Scope, owner: Node, name: str) -> Resource:
        found: Resource = self.value(owner, scope).children[name]
        return found

    def _safe(self, scope: Scope, owner: Node, key: Node) -> Any:
        value, name = self.value(owner, scope), self.value(key, scope)
        return None if value is None else value.get(name)

    def _get(self, scope: Scope, owner: Node, key: Node) -> Any:
        value, name = self.value(owner, scope), self.value(key, scope)
        if isinstance(value, Resource):
            return value.get(name)
        if isinstance(value, Outputs):
            return value.values
        if isinstance(value, Later):
            return Later(f"{value}.{name}")
        try:
            return value[name]
        except (KeyError, IndexError, TypeError):
            raise BicepError(f"{self._file}: nothing has {name!r} in {value!r}") from None


def names_in(node: Any) -> set[str]:
    """Returns every name that an expression reads."""
    if isinstance(node, tuple) and node[:1] == ("name",):
        return {node[1]}
    if isinstance(node, tuple | list):
        return {name for part in node for name in names_in(part)}
    if hasattr(node, "value"):
        return names_in(node.value)
    return set()
