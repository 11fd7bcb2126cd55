"""The functions of Bicep that the deployment uses, as Azure documents them."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from tests.infra.bicep.hashes import guid, unique_string
from tests.infra.bicep.resources import later
from tests.infra.bicep.tokens import BicepError

SUBSCRIPTION: Final = "/subscriptions/00000000-0000-0000-0000-000000000000"
TENANT: Final = "00000000-0000-0000-0000-000000000002"
ENVIRONMENT: Final = {
    "suffixes": {"storage": "core.windows.net"},
    "authentication": {"loginEndpoint": "https://login.microsoftonline.com/"},
}


def _items(value: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"key": key, "value": value[key]} for key in sorted(value)]


def _union(*values: Any) -> Any:
    if all(isinstance(value, dict) for value in values):
        merged: dict[str, Any] = {}
        for value in values:
            for key, one in value.items():
                both = isinstance(one, dict) and isinstance(merged.get(key), dict)
                merged[key] = _union(merged[key], one) if both else one
        return merged
    found: list[Any] = []
    for value in values:
        found += [one for one in value if one not in found]
    return found


def _flatten(values: list[list[Any]]) -> list[Any]:
    return [one for value in values for one in value]


def _string(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


def _group(id_: str) -> dict[str, str]:
    return {"id": id_, "name": id_.rpartition("/")[2]}


def _load(place: Path, name: str) -> Path:
    path = (place / name).resolve()
    if not path.is_file():
        raise BicepError(f"there is no file {name}")
    return path


def resource_id(group: str, kind: str, *names: str) -> str:
    """Give the id of a resource of a group: `A.B/c/d` with the names of c and d."""
    provider, *kinds = kind.split("/")
    if len(kinds) != len(names):
        raise BicepError(f"{kind} has {len(kinds)} names, not {names}")
    segments = "/".join(f"{kind}/{name}" for kind, name in zip(kinds, names, strict=True))
    return f"{group}/providers/{provider}/{segments}"


def format_text(text: str, *values: Any) -> str:
    """Put values in the place of `{0}`, `{1}` and so on."""
    return re.sub(r"\{(\d+)\}", lambda place: str(values[int(place[1])]), text)


def functions(place: Path, group: str) -> dict[str, Callable[..., Any]]:
    """Give the functions as they work in a file in `place`, deployed to the group with this id."""
    return {
        "contains": lambda value, key: key in value,
        "empty": lambda value: not value,
        "environment": lambda: ENVIRONMENT,
        "filter": lambda values, keep: [one for one in values if keep(one)],
        "flatten": _flatten,
        "format": format_text,
        "guid": lambda *parts: later(guid(*parts), *parts),
        "items": _items,
        "loadJsonContent": lambda name: json.loads(_load(place, name).read_text(encoding="utf-8")),
        "loadTextContent": lambda name: _load(place, name).read_text(encoding="utf-8"),
        "map": lambda values, change: [change(one) for one in values],
        "replace": lambda text, old, new: text.replace(old, new),
        "resourceGroup": lambda name="": _group(
            f"{SUBSCRIPTION}/resourceGroups/{name}" if name else group
        ),
        "resourceId": lambda kind, *names: resource_id(group, kind, *names),
        "split": lambda text, mark: text.split(mark),
        "string": _string,
        "subscription": lambda: {"id": SUBSCRIPTION},
        "subscriptionResourceId": lambda kind, *names: resource_id(SUBSCRIPTION, kind, *names),
        "take": lambda text, length: text[:length],
        "toObject": lambda values, key, value=lambda one: one: {key(v): value(v) for v in values},
        "tenant": lambda: {"tenantId": TENANT},
        "union": _union,
        "uniqueString": lambda *parts: later(unique_string(*parts), *parts),
    }
