"""The databases and containers that an account has from its start, as the names describe them."""

import sqlite3
from collections.abc import Mapping
from typing import Any

from emulators.cosmos import containers
from emulators.cosmos.definitions import check_definition
from emulators.cosmos.errors import CosmosError


class DescriptionError(Exception):
    """The names lack something, or what is there is not what they describe; the sentence says what to do."""


def make(db: sqlite3.Connection, names: Mapping[str, Any], ranges: int) -> None:
    """Create what is missing, and change what differs and may change; raises DescriptionError.

    Items stay as they are: a new indexing policy is put in place as Azure does it.
    """
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
            _change(db, database, existing[name], _body(name, wanted))
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


def _change(
    db: sqlite3.Connection, database: str, existing: Mapping[str, Any], body: dict[str, Any]
) -> None:
    name, wanted = existing["id"], check_definition(body)
    ttl = {"defaultTtl": wanted.get("defaultTtl")}
    if all(existing.get(key) == value for key, value in {**wanted, **ttl}.items()):
        return
    try:
        containers.replace_container(db, containers.find_container(db, database, name), body)
    except CosmosError as error:
        raise DescriptionError(
            f"the container '{name}' is there, and not as it is described: {error}"
            " Start anew (`make clean`), or describe it as it is"
        ) from error
