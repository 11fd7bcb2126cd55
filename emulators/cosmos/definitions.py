"""What a container may be defined as: 400 for what cannot be, 501 for what is not supported."""

from collections.abc import Mapping
from typing import Any

from emulators.cosmos.errors import CosmosError, unsupported
from emulators.cosmos.expiry import check_ttl
from emulators.cosmos.indexing import check_indexing

FORBIDDEN_IN_ID = frozenset("/\\?#")
LONGEST_ID = 255
MOST_UNIQUE_KEYS = 10
MOST_UNIQUE_PATHS = 16
UNSUPPORTED = (
    "analyticalStorageTtl",
    "changeFeedPolicy",
    "clientEncryptionPolicy",
    "computedProperties",
    "fullTextPolicy",
    "materializedViewDefinition",
    "vectorEmbeddingPolicy",
)
# What a container has without being asked; a client that says so asks for nothing.
NO_CHANGE: Mapping[str, Any] = {
    "conflictResolutionPolicy": {
        "mode": "LastWriterWins",
        "conflictResolutionPath": "/_ts",
        "conflictResolutionProcedure": "",
    },
    "geospatialConfig": {"type": "Geography"},
}


def check_id(value: Any, longest: int = LONGEST_ID, said: int = LONGEST_ID) -> str:  # noqa: ANN401 - JSON
    """Return the id of a resource; 400 for what can be none, with the bound that the service says."""
    if not isinstance(value, str):
        raise CosmosError(
            400,
            "The input content is invalid because the required properties - 'id; ' - are missing",
        )
    if not 1 <= len(value.encode("utf-8", "surrogatepass")) <= longest:
        raise CosmosError(
            400,
            f"The input name '{value}' is invalid. Ensure to provide a unique non-empty string less"
            f" than '{said}' characters.",
        )
    if FORBIDDEN_IN_ID & set(value) or value.endswith(" ") or has_surrogates(value):
        raise CosmosError(400, "Id contains illegal chars.")
    return value


def check_definition(given: dict[str, Any]) -> dict[str, Any]:
    """Return the definition of a container as it is shown."""
    check_id(given.get("id"))
    for name in UNSUPPORTED:
        if given.get(name):
            raise unsupported(name)
    for name, same in NO_CHANGE.items():
        asked = given.get(name) or {}
        if any(same.get(key, value) != value for key, value in asked.items() if value is not None):
            raise unsupported(f"{name} {asked}")
    if given.get("defaultTtl") is not None:
        check_ttl(given["defaultTtl"], "defaultTtl")
    return {
        **{name: value for name, value in given.items() if value is not None},
        "partitionKey": _partition_key(given.get("partitionKey")),
        "indexingPolicy": check_indexing(given.get("indexingPolicy")),
        **NO_CHANGE,
        "uniqueKeyPolicy": _unique_keys(given.get("uniqueKeyPolicy")),
    }


def _partition_key(key: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    if key is None:
        raise unsupported("containers without a partition key")
    paths = key.get("paths") if isinstance(key, dict) else None
    if not isinstance(paths, list) or not paths or not all(map(_is_path, paths)):
        raise CosmosError(400, "The partition key component definition path is invalid.")
    if key.get("kind", "Hash") != "Hash" or len(paths) != 1:
        raise unsupported("hierarchical partition keys")
    if key.get("version", 2) != 2:  # noqa: PLR2004 - the hash
        raise unsupported("version 1 of the partition key's hash")
    return {"kind": "Hash", "version": 2, **key}


def _unique_keys(policy: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    keys = (policy or {}).get("uniqueKeys") if isinstance(policy, dict | None) else None
    if policy is not None and not isinstance(policy, dict):
        raise CosmosError(400, "The unique key policy must be an object.")
    if len(keys or []) > MOST_UNIQUE_KEYS:
        raise CosmosError(400, f"A container has at most {MOST_UNIQUE_KEYS} unique keys.")
    for key in keys or []:
        paths = key.get("paths") if isinstance(key, dict) else None
        if isinstance(paths, list) and len(paths) > MOST_UNIQUE_PATHS:
            raise CosmosError(400, f"A unique key has at most {MOST_UNIQUE_PATHS} paths.")
        if not isinstance(paths, list) or not paths or not all(map(_is_path, paths)):
            raise CosmosError(400, "The unique key path is invalid.")
    return {**(policy or {}), "uniqueKeys": keys or []}


def _is_path(path: Any) -> bool:  # noqa: ANN401 - JSON
    return isinstance(path, str) and path.startswith("/") and len(path) > 1


def has_surrogates(text: str) -> bool:
    """Tell whether a text cannot be written in UTF-8."""
    return any("\ud800" <= one <= "\udfff" for one in text)
