"""Markers of parked streams as items of the container `parked`, and back; a large envelope is packed."""

import hashlib
import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pydantic import TypeAdapter
from pydantic.alias_generators import to_camel

from shared.adapters.size_limits import DEEPEST_ITEM, LARGEST_WRITE
from shared.kernel.delivery.parking import Parked

_MARKER = TypeAdapter(Parked)
LONGEST_ERROR, SHOWN = 4_000, 1_000
ROOM = LARGEST_WRITE - 100_000
"""Bytes of an envelope, beside the rest of a marker."""

_PACKED = "zlib"


def fitting(marker: Parked) -> Parked:
    """Bound a marker: of an envelope that no item holds, packed or not, an excerpt is kept, and what it was."""
    error, envelope = marker.error[:LONGEST_ERROR], marker.envelope
    if envelope is not None and not (_fits(envelope) or _fits(_pack(envelope))):
        text = json.dumps(envelope, ensure_ascii=False)
        body = text.encode()
        digest = hashlib.sha256(body).hexdigest()
        envelope = {"excerpt": text[:SHOWN], "bytes": len(body), "sha256": digest}
    return replace(marker, error=error, envelope=envelope)


def to_item(marker: Parked) -> dict[str, Any]:
    """Write a marker as an item."""
    bounded = fitting(marker)
    if bounded.envelope is not None and not _fits(bounded.envelope):
        bounded = replace(bounded, envelope=_pack(bounded.envelope))
    return {"id": marker.stream, "kind": "marker", **camel(_MARKER.dump_python(bounded))}


def from_item(item: Mapping[str, Any]) -> Parked:
    """Read a marker from an item."""
    marker = _MARKER.validate_python({**item, "last_seen": item["lastSeen"]})
    envelope = marker.envelope or {}
    if _PACKED not in envelope:
        return marker
    return replace(marker, envelope=json.loads(zlib.decompress(b64decode(envelope[_PACKED]))))


def camel(values: Mapping[str, Any]) -> dict[str, Any]:
    """Name fields as items do."""
    return {to_camel(name): value for name, value in values.items()}


def _pack(envelope: Mapping[str, Any]) -> dict[str, str]:
    text = json.dumps(envelope, ensure_ascii=False)
    return {_PACKED: b64encode(zlib.compress(text.encode(), level=1)).decode()}


def _fits(envelope: Mapping[str, Any]) -> bool:
    return len(json.dumps(envelope)) <= ROOM and _depth(envelope) <= DEEPEST_ITEM


def _depth(value: Any) -> int:  # noqa: ANN401 - JSON
    match value:
        case dict():
            return 1 + max(map(_depth, value.values()), default=0)
        case list():
            return 1 + max(map(_depth, value), default=0)
    return 0
