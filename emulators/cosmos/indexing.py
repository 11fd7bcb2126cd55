"""The indexing policy of a container: which paths have an index, and in which sort orders."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from emulators.cosmos.errors import CosmosError, unsupported

type Steps = tuple[str, ...]

DEFAULT: Mapping[str, Any] = {
    "indexingMode": "consistent",
    "automatic": True,
    "includedPaths": [{"path": "/*"}],
    "excludedPaths": [{"path": '/"_etag"/?'}],
}
# These have an index whatever the policy says.
ALWAYS = frozenset({("id",), ("_ts",)})
MOST_PATHS = 1500
MOST_COMPOSITES = 100  # guessed
MOST_IN_COMPOSITE = 8
# A name in quotes may have any character but these.
_STEP = re.compile(r"""/(?:"([^"]*)"|'([^']*)'|([^/]*))""")
_UNREAD = ("spatialIndexes", "vectorIndexes", "fullTextIndexes")


@dataclass(frozen=True, slots=True)
class Indexing:
    """Paths as their steps; those that end in `*` are whole subtrees."""

    included: frozenset[Steps]
    excluded: frozenset[Steps]
    composites: frozenset[tuple[tuple[Steps, bool], ...]]

    def includes(self, steps: tuple[str | int, ...]) -> bool:
        """Tell whether a path has an index: the most precise of the policy's paths decides."""
        named = tuple("[]" if isinstance(step, int) else step for step in steps)
        if named in ALWAYS:
            return True
        for path in (named, *((*named[:end], "*") for end in range(len(named), -1, -1))):
            if path in self.included:
                return True
            if path in self.excluded:
                return False
        return False


def steps_of(path: str) -> Steps:
    """Take a path of a policy apart: `/a/b/?` is the place itself, `/a/*` all below, `/` everything."""
    steps = (double or single or plain for double, single, plain in _STEP.findall(path))
    return tuple(step for step in steps if step and step != "?") or ("*",)


def read_indexing(policy: Mapping[str, Any] | None) -> Indexing:
    """Read a policy that `check_indexing` has let pass."""
    given = policy or DEFAULT
    included, excluded = (_paths(given, name) for name in ("includedPaths", "excludedPaths"))
    composites = (
        tuple((steps_of(part["path"]), part.get("order") == "descending") for part in index)
        for index in given.get("compositeIndexes") or []
    )
    return Indexing(included, excluded, frozenset(composites))


def check_indexing(policy: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """Return a policy as it is shown; 400 for one that cannot be, 501 for one that is not supported."""
    if policy is None:
        return dict(DEFAULT)
    if not isinstance(policy, dict):
        raise CosmosError(400, "The indexing policy must be an object.")
    if policy.get("indexingMode", "consistent") != "consistent":
        raise unsupported(f"the indexing mode {policy['indexingMode']!r}")
    if unread := [name for name in _UNREAD if policy.get(name)]:
        raise unsupported(unread[0])
    _check_paths(policy)
    composites = policy.get("compositeIndexes") or []
    if len(composites) > MOST_COMPOSITES:
        raise CosmosError(400, f"A container has at most {MOST_COMPOSITES} composite indexes.")
    for index in composites:
        _check_composite(index)
    included, excluded = policy.get("includedPaths") or [], policy.get("excludedPaths") or []
    # Kinds of indexes are of an older version: the service takes them, and forgets them.
    plain = [{name: value for name, value in one.items() if name != "indexes"} for one in included]
    [etag] = DEFAULT["excludedPaths"]
    return {
        "indexingMode": "consistent",
        "automatic": True,
        **policy,
        "includedPaths": plain if included or excluded else DEFAULT["includedPaths"],
        "excludedPaths": excluded if etag in excluded else [*excluded, etag],
    }


def _check_composite(index: Any) -> None:  # noqa: ANN401 - JSON
    if not isinstance(index, list) or not 2 <= len(index) <= MOST_IN_COMPOSITE:  # noqa: PLR2004 - several
        raise CosmosError(400, f"A composite index has 2 to {MOST_IN_COMPOSITE} paths.")
    for part in index:
        _check_path(part)


def _check_paths(policy: Mapping[str, Any]) -> None:
    seen: list[Steps] = []
    for name in ("includedPaths", "excludedPaths"):
        if len(policy.get(name) or []) > MOST_PATHS:
            raise CosmosError(400, f"An indexing policy has at most {MOST_PATHS} {name}.")
        seen += [steps_of(_check_path(entry)) for entry in policy.get(name) or []]
    if len(set(seen)) < len(seen):
        raise CosmosError(400, "The indexing policy has a path twice.")
    if seen and ("*",) not in seen:
        raise CosmosError(
            400,
            'The special mandatory indexing path "/" is not provided in any of the path type'
            " sets. Please provide this path in one of the sets.",
        )


def _check_path(entry: Any) -> str:  # noqa: ANN401 - JSON
    path = entry.get("path") if isinstance(entry, dict) else None
    if not isinstance(path, str) or not path.startswith("/"):
        raise CosmosError(400, f"The indexing path {path!r} could not be accepted.")
    return path


def _paths(policy: Mapping[str, Any], name: str) -> frozenset[Steps]:
    return frozenset(steps_of(entry["path"]) for entry in policy.get(name) or [])
