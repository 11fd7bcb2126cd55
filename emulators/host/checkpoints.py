"""Checkpoints and ownership of Event Hubs partitions, in SQLite: stands for the host's storage account.

It is the checkpoint store that azure-eventhub asks for, so the SDK itself shares partitions between hosts.
"""

import sqlite3
import time
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from azure.eventhub.aio import CheckpointStore

SCHEMA = """
CREATE TABLE IF NOT EXISTS ownership (
    place TEXT, partition TEXT, owner TEXT, instance TEXT, etag TEXT, modified REAL,
    PRIMARY KEY (place, partition));
CREATE TABLE IF NOT EXISTS checkpoints (
    place TEXT, partition TEXT, sequence_number INTEGER, offset TEXT,
    PRIMARY KEY (place, partition));
"""


class Checkpoints(CheckpointStore):
    """Its name among the owners is new with each start: what a dead host owned is free when it expires."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._database = sqlite3.connect(path, isolation_level=None, timeout=10)
        # No write-ahead log: two hosts that start at once would lock each other out of making it.
        self._database.execute("PRAGMA synchronous = OFF")
        self._database.executescript(SCHEMA)
        self._instance = str(uuid.uuid4())

    async def list_ownership(
        self,
        fully_qualified_namespace: str,
        eventhub_name: str,
        consumer_group: str,
        **_kwargs: Any,  # noqa: ANN401 - the SDK's signature
    ) -> Iterable[dict[str, Any]]:
        place = _place(fully_qualified_namespace, eventhub_name, consumer_group)
        rows = self._database.execute(
            "SELECT partition, owner, etag, modified FROM ownership WHERE place = ?", (place,)
        )
        return [
            {
                "fully_qualified_namespace": fully_qualified_namespace,
                "eventhub_name": eventhub_name,
                "consumer_group": consumer_group,
                "partition_id": partition,
                "owner_id": owner,
                "etag": etag,
                "last_modified_time": modified,
            }
            for partition, owner, etag, modified in rows
        ]

    async def claim_ownership(
        self,
        ownership_list: Iterable[dict[str, Any]],
        **_kwargs: Any,  # noqa: ANN401 - the SDK's signature
    ) -> Iterable[dict[str, Any]]:
        return [claimed for one in ownership_list if (claimed := self._claim(one)) is not None]

    async def update_checkpoint(
        self,
        checkpoint: dict[str, Any],
        **_kwargs: Any,  # noqa: ANN401 - the SDK's signature
    ) -> None:
        """Note a place, unless another host has taken the partition over."""
        place, partition = _place_of(checkpoint), checkpoint["partition_id"]
        self._database.execute(
            "INSERT OR REPLACE INTO checkpoints SELECT ?, ?, ?, ? WHERE NOT EXISTS (SELECT 1"
            " FROM ownership WHERE place = ? AND partition = ? AND instance <> ? AND owner <> '')",
            (
                *(place, partition, checkpoint["sequence_number"], str(checkpoint["offset"])),
                *(place, partition, self._instance),
            ),
        )

    async def list_checkpoints(
        self,
        fully_qualified_namespace: str,
        eventhub_name: str,
        consumer_group: str,
        **_kwargs: Any,  # noqa: ANN401 - the SDK's signature
    ) -> Iterable[dict[str, Any]]:
        place = _place(fully_qualified_namespace, eventhub_name, consumer_group)
        rows = self._database.execute(
            "SELECT partition, sequence_number, offset FROM checkpoints WHERE place = ?", (place,)
        )
        return [
            {
                "fully_qualified_namespace": fully_qualified_namespace,
                "eventhub_name": eventhub_name,
                "consumer_group": consumer_group,
                "partition_id": partition,
                "sequence_number": sequence_number,
                "offset": offset,
            }
            for partition, sequence_number, offset in rows
        ]

    def owned_elsewhere(self, hub: str, group: str, seconds: float) -> set[str]:
        """Name the partitions that other hosts own, as far as they have said so not long ago."""
        rows = self._database.execute(
            "SELECT partition FROM ownership WHERE place LIKE ? AND instance <> ?"
            " AND owner <> '' AND modified > ?",
            (f"%/{hub}/{group}".lower(), self._instance, time.time() - seconds),
        )
        return {partition for (partition,) in rows}

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def _claim(self, wanted: dict[str, Any]) -> dict[str, Any] | None:
        place, partition = _place_of(wanted), wanted["partition_id"]
        etag, modified = str(uuid.uuid4()), time.time()
        values = (wanted["owner_id"], self._instance, etag, modified)
        if wanted.get("etag"):
            cursor = self._database.execute(
                "UPDATE ownership SET owner = ?, instance = ?, etag = ?, modified = ?"
                " WHERE place = ? AND partition = ? AND etag = ?",
                (*values, place, partition, wanted["etag"]),
            )
        else:
            cursor = self._database.execute(
                "INSERT OR IGNORE INTO ownership (place, partition, owner, instance, etag, modified)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (place, partition, *values),
            )
        if cursor.rowcount != 1:
            return None
        return {**wanted, "etag": etag, "last_modified_time": modified}


def _place(namespace: str, hub: str, group: str) -> str:
    return f"{namespace}/{hub}/{group.lower()}"


def _place_of(record: dict[str, Any]) -> str:
    return _place(
        record["fully_qualified_namespace"], record["eventhub_name"], record["consumer_group"]
    )
