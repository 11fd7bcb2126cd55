"""Makes the database and its containers as the names say; what is there already is left alone."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from azure.core.exceptions import ResourceExistsError
from azure.cosmos import CosmosClient, PartitionKey


class ProvisioningError(Exception):
    """What is there is not what the names describe."""


def provision(cosmos: str, names: Path) -> None:
    """Create what is missing in an account; raises ProvisioningError for what is there and differs."""
    described: dict[str, Any] = json.loads(names.read_text(encoding="utf-8"))
    with CosmosClient.from_connection_string(cosmos) as client:
        database = client.create_database_if_not_exists(described["database"])
        existing = {container["id"]: container for container in database.list_containers()}
        for name, container in described["containers"].items():
            if name in existing:
                _check(name, existing[name], container)
            else:
                _create(database, name, container)


def _check(name: str, existing: Mapping[str, Any], described: Mapping[str, Any]) -> None:
    indexes = [
        policy.get("compositeIndexes") or []
        for policy in (existing.get("indexingPolicy") or {}, described.get("indexingPolicy") or {})
    ]
    if indexes[0] != indexes[1]:
        raise ProvisioningError(
            f"the container '{name}' was made with other indexes than names.json has: start anew"
            " (`make clean`), or change its indexing policy"
        )


def _create(database: Any, name: str, container: dict[str, Any]) -> None:  # noqa: ANN401 - untyped SDK
    try:
        database.create_container(
            id=name,
            partition_key=PartitionKey(path=container["partitionKey"]),
            indexing_policy=container.get("indexingPolicy"),
            default_ttl=container.get("timeToLive"),
            unique_key_policy={
                "uniqueKeys": [{"paths": [path]} for path in container.get("uniqueKeys", [])]
            },
        )
    except ResourceExistsError:
        # Another stack on the same account was faster; the container is there.
        return
