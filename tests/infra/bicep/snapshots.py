"""What the official compiler predicts of a deployment (`bicep snapshot`), to compare it with what is played."""

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

from tests.infra.bicep.expressions import Expressions
from tests.infra.bicep.functions import SUBSCRIPTION, functions, resource_id
from tests.infra.bicep.resources import Later, Resource
from tests.infra.bicep.syntax import Reader
from tests.infra.bicep.tokens import BicepError

# The one lambda that the compiler adds by itself; it is the syntax of templates, not of Bicep.
_NOT_EMPTY: Final = re.compile(r"lambda\('(\w+)', not\(empty\(lambdaVariables\('\1'\)\)\)\)")

type Predicted = dict[str, dict[str, Any]]
"""What is asked for, by the id of the resource."""


def predicted(resources: Iterable[Resource]) -> Predicted:
    """Returns what is evaluated here, in the form of a snapshot."""
    found = {}
    for one in resources:
        body = {key: value for key, value in one.body.items() if key != "dependsOn"}
        known = {"id": one.id, "name": one.name, "type": one.kind, "apiVersion": one.version}
        found[one.id] = {**body, **known}
    return found


def recorded(snapshot: dict[str, Any]) -> Predicted:
    """Returns what the compiler predicted, with the expressions that it left to Azure evaluated as far as here."""
    evaluate = Templates()
    found = [evaluate.all(one) for one in snapshot["predictedResources"]]
    return {one["id"]: one for one in found}


def _unknown(name: str) -> Any:
    raise BicepError(f"a snapshot declares nothing, and says {name}")


class Templates:
    """Evaluates the expressions of templates (`[reference(...).name]`), which have the syntax of Bicep."""

    def __init__(self) -> None:
        known: dict[str, Callable[..., Any]] = {
            **functions(Path(), SUBSCRIPTION),
            "format": _format,
            "reference": _reference,
            "extensionResourceId": resource_id,
            "resourceId": _resource_id,
        }
        self._expressions = Expressions("a snapshot", known, _unknown)

    def all(self, value: Any) -> Any:
        """Returns a value of JSON with every expression in it evaluated."""
        if isinstance(value, dict):
            return {key: self.all(one) for key, one in value.items()}
        if isinstance(value, list):
            return [self.all(one) for one in value]
        if isinstance(value, str) and value.startswith("["):
            text = _NOT_EMPTY.sub(r"\1 => !empty(\1)", value[1:-1])
            return self._expressions.value(Reader(text + "\n").expression(), {})
        return value


def _format(text: str, *values: Any) -> str:
    return re.sub(r"\{(\d+)\}", lambda place: str(values[int(place[1])]), text)


def _reference(id_: str, _version: str, full: str = "") -> Later:
    return Later(id_ if full else f"{id_}.properties")


def _resource_id(_subscription: str, group: str, *rest: str) -> str:
    return resource_id(f"{SUBSCRIPTION}/resourceGroups/{group}", *rest)
