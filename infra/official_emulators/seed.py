"""Makes the database and its containers in the emulator of Cosmos DB."""

import json
from pathlib import Path
from typing import Any, Final

from azure.cosmos import CosmosClient, PartitionKey

from infra.names import described

ROOT: Final = Path(__file__).parents[2]


def seed(cosmos: str, names: dict[str, Any]) -> None:
    """Make what is missing; indexing policies are not compared, for the emulator does not keep them."""
    with CosmosClient.from_connection_string(cosmos) as client:
        database = client.create_database_if_not_exists(names["database"])
        for name, container in names["containers"].items():
            database.create_container_if_not_exists(
                id=name,
                partition_key=PartitionKey(path=container["partitionKey"]),
                indexing_policy=container.get("indexingPolicy"),
                default_ttl=container.get("timeToLive"),
                unique_key_policy={
                    "uniqueKeys": [{"paths": [path]} for path in container.get("uniqueKeys", [])]
                },
            )


if __name__ == "__main__":
    settings = json.loads((ROOT / "local.settings.example.json").read_text(encoding="utf-8"))
    seed(settings["Values"]["COSMOS"], described(ROOT))
    print("the emulators are ready: func start")
