"""Makes the database and its containers as the names say; what is there already is left alone."""

import json
from pathlib import Path
from typing import Any

from azure.core.exceptions import ResourceExistsError
from azure.cosmos import CosmosClient, PartitionKey


def provision(cosmos: str, names: Path) -> None:
    """Create what is missing in an account; the emulators need it as much as the stand-in does."""
    described: dict[str, Any] = json.loads(names.read_text(encoding="utf-8"))
    with CosmosClient.from_connection_string(cosmos) as client:
        database = client.create_database_if_not_exists(described["database"])
        existing = {container["id"] for container in database.list_containers()}
        for name, container in described["containers"].items():
            if name not in existing:
                _create(database, name, container)


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
