"""The transactional batch: all operations of one partition, or none."""

import json
import sqlite3
from typing import Any

from emulators.cosmos import charge, items
from emulators.cosmos.containers import Container
from emulators.cosmos.errors import CosmosError, unsupported
from emulators.cosmos.items import Done

MOST_OPERATIONS = 100
LARGEST_REQUEST = 2 * 1024 * 1024
FAILED_DEPENDENCY = 424


class BatchFailedError(Exception):
    """One operation failed: the savepoint is rolled back, and each operation says why."""

    def __init__(self, results: list[dict[str, Any]]) -> None:
        super().__init__("the batch failed")
        self.results = results


def run(
    db: sqlite3.Connection,
    container: Container,
    pk: str,
    operations: list[dict[str, Any]],
    size: int,
) -> list[dict[str, Any]]:
    """Carry out the operations as one transaction, with one LSN; raises BatchFailedError."""
    if len(operations) > MOST_OPERATIONS:
        raise CosmosError(400, f"A batch has at most {MOST_OPERATIONS} operations.")
    if size > LARGEST_REQUEST:
        raise CosmosError(413, f"A batch has at most {LARGEST_REQUEST} bytes.")
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
    id_ = operation.get("id") or item.get("id", "")
    stored = items.find(db, container, pk, id_)
    items.check_etag(stored, operation.get("ifMatch"), operation.get("ifNoneMatch"))
    match operation["operationType"]:
        case "Create":
            return items.create(db, container, pk, item, lsn)
        case "Upsert":
            return items.upsert(db, container, pk, item, lsn)
        case "Replace":
            return items.replace(db, container, pk, item, lsn)
        case "Delete":
            return items.delete(db, container, pk, id_)
        case "Read":
            found = items.existing(db, container, pk, id_)
            return Done(200, found, charge.read(len(found.body)))
        case other:
            raise unsupported(f"the batch operation {other!r}")


def _result(container: Container, done: Done) -> dict[str, Any]:
    result: dict[str, Any] = {"statusCode": done.status, "requestCharge": done.charge}
    if done.stored is not None:
        result["eTag"] = done.stored.etag
        result["resourceBody"] = json.loads(done.stored.text(container))
    return result
