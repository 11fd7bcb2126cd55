"""Plays a deployment: which resources, with which values, Azure would be asked for."""

from collections.abc import Callable
from operator import eq, ge, gt, le, lt, ne
from pathlib import Path
from typing import Any, Final

from tests.infra.bicep.functions import SUBSCRIPTION, functions, resource_id
from tests.infra.bicep.resources import Later, Outputs, Resource
from tests.infra.bicep.syntax import Declaration, Node, Reader
from tests.infra.bicep.tokens import BicepError

_COMPARISONS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "==": eq,
    "!=": ne,
    "<": lt,
    "<=": le,
    ">": gt,
    ">=": ge,
}
_TYPES: Final = {"string": str, "int": int, "bool": bool, "object": dict, "array": list}


class Deployment:
    """One file with its parameters; `resources` are those of its modules too."""

    def __init__(self, path: Path, parameters: dict[str, Any], group: str = SUBSCRIPTION) -> None:
        self.resources: list[Resource] = []
        self.outputs: dict[str, Any] = {}
        self._path = path
        self._group = group
        self._functions = functions(path.parent, group)
        said = Reader(path.read_text("utf-8")).file()
        # An output may have the name of a parameter: they do not share a space.
        self._declared = {one.name: one for one in said if one.kind != "output"}
        if len(self._declared) + sum(one.kind == "output" for one in said) < len(said):
            raise BicepError(f"{path.name} declares one name twice")
        self._known: dict[str, Any] = {}
        self._take(parameters)
        for one in self._declared.values():
            if one.kind in {"resource", "module"}:
                self._resolve(one.name)
        for one in said:
            if one.kind == "output":
                self.outputs[one.name] = self._eval(_value(one), {})

    def _take(self, parameters: dict[str, Any]) -> None:
        wanted = {one.name: one for one in self._declared.values() if one.kind == "param"}
        if unknown := parameters.keys() - wanted.keys():
            raise BicepError(f"{self._path.name} has no parameters {sorted(unknown)}")
        for name, one in wanted.items():
            if name not in parameters and one.value is None:
                raise BicepError(f"{self._path.name} misses the parameter {name}")
            value = parameters[name] if name in parameters else self._eval(_value(one), {})
            allowed = one.decorators.get("allowed")
            if allowed and value not in self._eval(allowed[0], {}):
                raise BicepError(f"{self._path.name}: {name} may not be {value!r}")
            if not isinstance(value, list if one.detail.endswith("[]") else _TYPES[one.detail]):
                raise BicepError(f"{self._path.name}: {name} is no {one.detail}: {value!r}")
            self._known[name] = value

    def _resolve(self, name: str) -> Any:
        if name not in self._declared:
            raise BicepError(f"{self._path.name}: nothing is called {name}")
        one = self._declared[name]
        if name not in self._known:
            makers: dict[str, Callable[[Declaration, Node, dict[str, Any]], Any]] = {
                "resource": self._resource,
                "module": self._module,
                "var": lambda _one, node, scope: self._eval(node, scope),
            }
            self._known[name] = self._made(one, makers[one.kind])
        return self._known[name]

    def _made(
        self, one: Declaration, make: Callable[[Declaration, Node, dict[str, Any]], Any]
    ) -> Any:
        node = _value(one)
        if node[0] == "for" and one.kind != "var":
            return [make(one, node[4], scope) for scope in self._turns(node, {})]
        if node[0] == "if":
            return make(one, node[2], {}) if self._eval(node[1], {}) else None
        return make(one, node, {})

    def _resource(
        self, one: Declaration, node: Node, scope: dict[str, Any], parent: Resource | None = None
    ) -> Resource:
        body: dict[str, Any] = self._eval(node, scope)
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
        made = Resource(kind, version, name, id_, body, on, one.existing, one.skipped)
        if not one.existing:
            self.resources.append(made)
        for child in node[2]:
            made.children[child.name] = self._resource(child, _value(child), scope, made)
        return made

    def _module(self, one: Declaration, node: Node, scope: dict[str, Any]) -> Outputs:
        body = self._eval(node, scope)
        group = body["scope"].id if "scope" in body else self._group
        inner = Deployment(self._path.parent / one.detail, body["params"], group)
        waited = [one for one in body.get("dependsOn", []) if isinstance(one, Outputs)]
        for resource in inner.resources:
            resource.after.update(id_ for one in waited for id_ in one.made)
        self.resources += inner.resources
        return Outputs(inner.outputs, [one.id for one in inner.resources])

    def _turns(self, node: Node, scope: dict[str, Any]) -> list[dict[str, Any]]:
        _, item, index, over, _ = node
        return [
            {**scope, item: one, **({index: number} if index else {})}
            for number, one in enumerate(self._eval(over, scope))
        ]

    def _eval(self, node: Node, scope: dict[str, Any]) -> Any:
        kind, *rest = node
        found: Any = getattr(self, f"_eval_{kind}")(scope, *rest)
        return found

    def _eval_value(self, _scope: dict[str, Any], value: Any) -> Any:
        return value

    _eval_text = _eval_value

    def _eval_join(self, scope: dict[str, Any], parts: list[Node]) -> str:
        return "".join(str(self._eval(part, scope)) for part in parts)

    def _eval_name(self, scope: dict[str, Any], name: str) -> Any:
        return scope[name] if name in scope else self._resolve(name)

    def _eval_array(self, scope: dict[str, Any], items: list[Node]) -> list[Any]:
        return [self._eval(item, scope) for item in items]

    def _eval_object(
        self, scope: dict[str, Any], properties: list[tuple[Node, Node]], _children: list[Any]
    ) -> dict[str, Any]:
        return {self._eval(key, scope): self._eval(value, scope) for key, value in properties}

    def _eval_for(self, scope: dict[str, Any], *loop: Any) -> list[Any]:
        return [self._eval(loop[3], turn) for turn in self._turns(("for", *loop), scope)]

    def _eval_choose(self, scope: dict[str, Any], condition: Node, yes: Node, no: Node) -> Any:
        return self._eval(yes if self._eval(condition, scope) else no, scope)

    def _eval_not(self, scope: dict[str, Any], inner: Node) -> bool:
        return not self._eval(inner, scope)

    def _eval_binary(self, scope: dict[str, Any], operator: str, left: Node, right: Node) -> Any:
        first = self._eval(left, scope)
        if operator in {"&&", "||"}:
            return self._eval(right, scope) if first is (operator == "&&") else first
        if operator == "??":
            return self._eval(right, scope) if first is None else first
        return _COMPARISONS[operator](first, self._eval(right, scope))

    def _eval_lambda(self, scope: dict[str, Any], name: str, body: Node) -> Callable[[Any], Any]:
        return lambda value: self._eval(body, {**scope, name: value})

    def _eval_call(self, scope: dict[str, Any], name: str, arguments: list[Node]) -> Any:
        if name not in self._functions:
            raise BicepError(f"{self._path.name}: this reader does not know the function {name}")
        return self._functions[name](*(self._eval(one, scope) for one in arguments))

    def _eval_child(self, scope: dict[str, Any], owner: Node, name: str) -> Resource:
        found: Resource = self._eval(owner, scope).children[name]
        return found

    def _eval_get(self, scope: dict[str, Any], owner: Node, key: Node) -> Any:
        value, name = self._eval(owner, scope), self._eval(key, scope)
        if isinstance(value, Resource):
            return value.get(name)
        if isinstance(value, Outputs):
            return value.values
        if isinstance(value, Later):
            return Later(f"{value}.{name}")
        try:
            found = value[name]
        except (KeyError, IndexError, TypeError):
            raise BicepError(f"{self._path.name}: nothing has {name!r} in {value!r}") from None
        return found


def _value(one: Declaration) -> Node:
    if one.value is None:
        raise BicepError(f"{one.name} has no value")
    return one.value
