"""The transactional batch: all operations of one partition, or none."""

import json
import sqlite3
from typing import Any

from emulators.cosmos import charge, items
from emulators.cosmos.containers import Container
from emulators.cosmos.errors import CosmosError, unsupported
from emulators.cosmos.items import Done
from emulators.cosmos.json_text import read_json
from emulators.cosmos.partition_keys import key_in, key_of

MOST_OPERATIONS = 100
SUPPORTED = frozenset({"Create", "Upsert", "Replace", "Delete", "Read"})
FAILED_DEPENDENCY = 424


class BatchFailedError(Exception):
    """One operation failed: the savepoint is rolled back, and each operation says why."""

    def __init__(self, results: list[dict[str, Any]]) -> None:
        super().__init__("the batch failed")
        self.results = results


def read_operations(data: bytes) -> list[dict[str, Any]]:
    """Read the operations of a batch; 400 for what is none, 501 for one that is not supported."""
    operations = read_json(data)
    if not isinstance(operations, list) or not all(map(_is_operation, operations)):
        raise CosmosError(400, "A batch is an array of operations.")
    if not operations:
        raise CosmosError(400, "Batch request has no operations.")
    if len(operations) > MOST_OPERATIONS:
        raise CosmosError(400, "Batch request has more operations than what is supported.")
    for operation in operations:
        if (kind := operation["operationType"]) not in SUPPORTED:
            raise unsupported(f"the batch operation {kind!r}")
    return operations


def key_of_operation(container: Container, operation: dict[str, Any]) -> str:
    """Read the partition key of an operation that stands alone."""
    key = operation.get("partitionKey")
    if isinstance(key, str):
        return key_in(key)
    if key is not None:
        return key_in(json.dumps(key))
    return key_of(container.path, operation.get("resourceBody") or {})


def _is_operation(operation: Any) -> bool:  # noqa: ANN401 - JSON
    return (
        isinstance(operation, dict)
        and isinstance(operation.get("operationType"), str)
        and isinstance(operation.get("resourceBody", {}), dict)
        and isinstance(operation.get("id", ""), str)
    )


def run(
    db: sqlite3.Connection,
    container: Container,
    pk: str,
    operations: list[dict[str, Any]],
) -> list[dict[str, Any]]:
    """Carry out the operations as one transaction, with one LSN; raises BatchFailedError."""
    lsn = items.next_lsn(db, container, pk)
    results: list[dict[str, Any]] = []
    for place, operation in enumerate(operations):
        try:
            done = _carry_out(db, container, pk, operation, lsn)
        except CosmosError as error:
            codes = [FAILED_DEPENDENCY] * len(operations)
            codes[place] = error.status
            raise BatchFailedError(
                [{"statusCode": code, "requestCharge": charge.FAILURE} for code in codes]
            ) from error
        results.append(_result(container, done))
    return results


def _carry_out(
    db: sqlite3.Connection, container: Container, pk: str, operation: dict[str, Any], lsn: int
) -> Done:
    item = operation.get("resourceBody") or {}
    id_ = operation.get("id") or str(item.get("id", ""))
    stored = items.find(db, container, pk, id_)
    items.check_etag(stored, operation.get("ifMatch"), operation.get("ifNoneMatch"))
    match operation["operationType"]:
        case "Create":
            return items.create(db, container, pk, item, lsn)
        case "Upsert":
            return items.upsert(db, container, pk, item, lsn)
        case "Replace":
            return items.replace(db, container, pk, item, lsn, id_=id_)
        case "Delete":
            return items.delete(db, container, pk, id_)
    found = items.existing(db, container, pk, id_)
    return Done(200, found, charge.read(len(found.body)))


def _result(container: Container, done: Done) -> dict[str, Any]:
    result: dict[str, Any] = {"statusCode": done.status, "requestCharge": done.charge}
    if done.stored is not None:
        result["eTag"] = done.stored.etag
        result["resourceBody"] = json.loads(done.stored.text(container))
    return result
