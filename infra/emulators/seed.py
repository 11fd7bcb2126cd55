"""Waits until the emulators are well, then makes the database and its containers in the one of Cosmos DB."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from azure.cosmos import CosmosClient, PartitionKey

ROOT: Final = Path(__file__).parents[2]
HEALTH: Final = ("http://127.0.0.1:8080/ready", "http://event-hubs:5300/health")
SECONDS: Final = 180


class NotWell(Exception):
    """An emulator did not start in time."""


def wait(addresses: Sequence[str], seconds: float) -> None:
    """Return when every address has answered 200; raises NotWell after so many seconds."""
    deadline = time.monotonic() + seconds
    for address in addresses:
        while not _well(address):
            if time.monotonic() > deadline:
                raise NotWell(f"{address} is not well after {seconds} s")
            time.sleep(0.5)


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


def _well(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310 - addresses of our own
            return bool(answer.status == 200)  # noqa: PLR2004 - OK
    except (urllib.error.URLError, OSError):
        # Not there yet, or not well yet: asked again.
        return False


if __name__ == "__main__":
    settings = json.loads((ROOT / "local.settings.example.json").read_text(encoding="utf-8"))
    wait(HEALTH, SECONDS)
    seed(
        settings["Values"]["COSMOS"],
        json.loads((ROOT / "shared" / "names.json").read_text(encoding="utf-8")),
    )
    print("the emulators are ready: func start")
