"""Partition keys as JSON texts: `"a"`, `5`, `null`, and `{}` for an item that has none."""

import json
from collections.abc import Sequence
from typing import Any

from emulators.cosmos import words
from emulators.cosmos.errors import CosmosError

NONE = "{}"
LONGEST = 2048
MISMATCH = 1001

_MISSING = object()


def key_text(value: Any) -> str:  # noqa: ANN401 - JSON
    """Write the value of a partition key: 5.0 is 5; 400 for what can be none."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if value == {} or not isinstance(value, dict | list):
        if isinstance(value, str) and len(value.encode("utf-8", "surrogatepass")) > LONGEST:
            raise CosmosError(400, f"The partition key is longer than {LONGEST} bytes.")
        return json.dumps(value)
    raise _mismatch()


def key_of(path: Sequence[str], item: dict[str, Any]) -> str:
    """Read the partition key out of an item; an object there is no key, and counts as none."""
    value: Any = item
    for step in path:
        value = value.get(step, _MISSING) if isinstance(value, dict) else _MISSING
    return NONE if value is _MISSING or isinstance(value, dict) else key_text(value)


def key_in(header: str) -> str:
    """Read the partition key in a header: an array of one value; 400 for anything else."""
    try:
        values = json.loads(header)
    except (ValueError, RecursionError):
        raise CosmosError(400, words.bad_key(header)) from None
    if values == []:
        raise too_few()
    if not isinstance(values, list) or len(values) != 1:
        raise _mismatch()
    return key_text(values[0])


def check_key(path: Sequence[str], item: dict[str, Any], pk: str) -> None:
    """Raise 400 unless an item has the partition key of its request."""
    if key_of(path, item) != pk:
        raise CosmosError(
            400,
            "PartitionKey extracted from document doesn't match the one specified in the header.",
            substatus=MISMATCH,
        )


def too_few() -> CosmosError:
    """Say that a request names no partition key, and needs one."""
    return CosmosError(400, words.NO_KEY, substatus=MISMATCH)


def _mismatch() -> CosmosError:
    return CosmosError(
        400,
        "Partition key provided either doesn't correspond to definition in the collection or"
        " doesn't match partition key field values specified in the document.",
        substatus=MISMATCH,
    )
