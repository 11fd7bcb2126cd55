"""The databases and containers that an account has from its start, as the names describe them."""

import sqlite3
from collections.abc import Mapping
from typing import Any

from emulators.cosmos import containers
from emulators.cosmos.errors import CosmosError


class DescriptionError(Exception):
    """The names lack something, or what is there is not what they describe; the sentence says what to do."""


def make(db: sqlite3.Connection, names: Mapping[str, Any], ranges: int) -> None:
    """Create what is missing and leave what is there alone; raises DescriptionError."""
    if not names.keys() & {"database", "containers"}:
        return
    database, described = _part(names, "database"), _part(names, "containers")
    try:
        containers.find_database(db, database)
    except CosmosError:
        containers.create_database(db, {"id": database})
    existing = {made["id"]: made for made in containers.list_containers(db, database)}
    for name, wanted in described.items():
        if name in existing:
            _check(name, existing[name], wanted)
        else:
            containers.create_container(db, database, _body(name, wanted), ranges)


def _part(described: Mapping[str, Any], part: str, of: str = "the file of names") -> Any:  # noqa: ANN401
    if part not in described:
        raise DescriptionError(f"{of} has no `{part}`")
    return described[part]


def _body(name: str, described: Mapping[str, Any]) -> dict[str, Any]:
    keys = [{"paths": [path]} for path in described.get("uniqueKeys", [])]
    return {
        "id": name,
        "partitionKey": {"paths": [_part(described, "partitionKey", f"the container '{name}'")]},
        "indexingPolicy": described.get("indexingPolicy"),
        "defaultTtl": described.get("timeToLive"),
        "uniqueKeyPolicy": {"uniqueKeys": keys},
    }


def _check(name: str, existing: Mapping[str, Any], described: Mapping[str, Any]) -> None:
    made, wanted = (
        (one.get("indexingPolicy") or {}).get("compositeIndexes") or []
        for one in (existing, described)
    )
    if made != wanted:
        raise DescriptionError(
            f"the container '{name}' was made with other indexes than names.json has: start anew"
            " (`make clean`), or change its indexing policy"
        )
