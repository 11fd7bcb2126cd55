"""The names of everything in the cloud, and the indexes that the business which runs asks for.

`shared/names.json` has those of the shop; another business has its own in a file that no
version of Onewrite writes.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def names_of(root: Path) -> Path:
    """The file with the names, and the indexes of the shop."""
    return root / "shared" / "names.json"


def own_of(root: Path) -> Path:
    """The file with the indexes of another business; nothing stands there while the shop runs."""
    return root / "shared" / "domain" / "indexes.json"


def described(root: Path) -> dict[str, Any]:
    """Return what the cloud of a project has, as the Bicep puts it together."""
    names, own = (
        json.loads(file.read_text(encoding="utf-8")) for file in (names_of(root), own_of(root))
    )
    return _merged(names, own)


def _merged(names: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(names)
    for key, value in more.items():
        inner = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = _merged(merged[key], value) if inner else value
    return merged
