"""The container `parked`: a marker for each parked stream, beside it its envelope, and what operators decided.

Markers are small: every batch looks at them. An envelope is read only by whoever asks for its stream.
"""

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Any
from uuid import uuid4

from azure.core.exceptions import AzureError
from azure.cosmos.aio import ContainerProxy
from azure.cosmos.exceptions import CosmosBatchOperationError
from pydantic import TypeAdapter

from shared.adapters.cosmos.client import everything
from shared.adapters.cosmos.errors import (
    CONFLICT,
    NOT_FOUND,
    PRECONDITION_FAILED,
    status,
    store_error,
)
from shared.adapters.cosmos.parked_items import camel, from_item, to_item
from shared.kernel.delivery.parking import Decision, Parked
from shared.kernel.ports import MARKERS, StoredParked

_DECISION = TypeAdapter(Decision)
_FIELDS = camel(dict.fromkeys(Parked.__slots__)).keys() - {"envelope"}
_SHOWN = ", ".join(f"c.{name}" for name in sorted(_FIELDS))
_IS_MARKER = "c.kind = 'marker'"
_PAGE = (
    f"SELECT TOP @limit {_SHOWN} FROM c WHERE {_IS_MARKER} AND c.stream > @after ORDER BY c.stream"  # noqa: S608 - own names
)
_HELD = (
    f"SELECT c.stream, c.version FROM c WHERE {_IS_MARKER} AND ARRAY_CONTAINS(@streams, c.stream)"  # noqa: S608 - own names
)
_COUNT = f"SELECT VALUE COUNT(1) FROM c WHERE {_IS_MARKER}"  # noqa: S608 - own names
_WHOLE = "SELECT * FROM c WHERE ARRAY_CONTAINS(@ids, c.id)"
_DECISIONS = "SELECT * FROM c WHERE c.kind = 'decision' AND c.stream = @stream ORDER BY c.time"

type _Operation = tuple[Any, ...]


class CosmosParking:
    """Writes markers only over what it has read."""

    def __init__(self, parked: ContainerProxy) -> None:
        self._parked = parked

    async def park(self, marker: Parked) -> None:
        item, beside = _items(marker)
        parked = False
        while not parked:
            parked = await self.seen(
                marker.consumer, marker.stream, marker.last_seen
            ) or await self._do(marker.consumer, [("create", (item,)), *beside])

    async def seen(self, consumer: str, stream: str, version: int) -> bool:
        while True:
            item = await self._item(consumer, stream)
            if item is None:
                return False
            if item["lastSeen"] >= version:
                return True
            moved = {**item, "lastSeen": version}
            if await self._do(consumer, [_replacing(moved, item["_etag"])]):
                return True

    async def find(self, consumer: str, stream: str) -> StoredParked | None:
        ids = [stream, _envelope_id(stream)]
        items = {item["id"]: item for item in await self._query(_WHOLE, consumer, ids=ids)}
        if stream not in items:
            return None
        item = items[stream]
        # Markers that were written before envelopes stood beside them hold theirs.
        kept = items.get(ids[1], item) if item.get("hasEnvelope", True) else {}
        marker = from_item({**item, "envelope": kept.get("envelope")})
        return StoredParked(marker, item["_etag"])

    async def held(self, consumer: str, streams: Collection[str]) -> Mapping[str, int]:
        found = await self._query(_HELD, consumer, streams=sorted(streams)) if streams else ()
        return {one["stream"]: one["version"] for one in found}

    async def parked(self, consumer: str, after: str = "", limit: int = MARKERS) -> list[Parked]:
        items = await self._query(_PAGE, consumer, after=after, limit=limit)
        return [from_item(item) for item in items]

    async def count(self, consumer: str) -> int:
        return sum(await self._query(_COUNT, consumer))

    async def move(self, parked: StoredParked, marker: Parked) -> bool:
        item, beside = _items(marker)
        return await self._do(marker.consumer, [_replacing(item, parked.tag), *beside])

    async def unpark(self, parked: StoredParked) -> bool:
        marker = parked.marker
        deleting = partial(_deleting, marker.stream, parked.tag)
        if marker.envelope is not None:
            envelope = ("delete", (_envelope_id(marker.stream),))
            try:
                return await self._do(marker.consumer, [deleting(), envelope])
            except _NothingBesideError:
                # It holds its envelope itself.
                pass
        return await self._do(marker.consumer, [deleting()])

    async def decide(self, decision: Decision) -> None:
        item = {"id": f"decision:{uuid4()}", "kind": "decision"}
        created = ("create", ({**item, **camel(_DECISION.dump_python(decision))},))
        await self._do(decision.consumer, [created])

    async def decisions(self, consumer: str, stream: str) -> list[Decision]:
        items = await self._query(_DECISIONS, consumer, stream=stream)
        return [_DECISION.validate_python(item) for item in items]

    async def _item(self, consumer: str, stream: str) -> dict[str, Any] | None:
        try:
            return dict(await self._parked.read_item(stream, partition_key=consumer))
        except AzureError as error:
            if status(error) == NOT_FOUND:
                return None
            raise store_error(error) from error

    async def _query(self, text: str, consumer: str, **values: object) -> list[Any]:
        parameters = [{"name": f"@{name}", "value": value} for name, value in values.items()]
        pages = self._parked.query_items(text, parameters=parameters, partition_key=consumer)
        items, _ = await everything(pages)
        return items

    async def _do(self, consumer: str, operations: Sequence[_Operation]) -> bool:
        """Do all or nothing; False when the marker is not as it was seen."""
        try:
            await self._parked.execute_item_batch(list(operations), partition_key=consumer)
        except AzureError as error:
            if status(error) not in {CONFLICT, PRECONDITION_FAILED, NOT_FOUND}:
                raise store_error(error) from error
            if isinstance(error, CosmosBatchOperationError) and error.error_index:
                raise _NothingBesideError from error
            return False
        return True


class _NothingBesideError(Exception):
    """No envelope stands beside the marker."""


def _items(marker: Parked) -> tuple[dict[str, Any], list[_Operation]]:
    """Write a marker as an item, and what writes its envelope beside it, if there is one."""
    item = to_item(marker)
    envelope = item.pop("envelope")
    item["hasEnvelope"] = envelope is not None
    if envelope is None:
        return item, []
    about = {"id": _envelope_id(marker.stream), "kind": "envelope", "consumer": marker.consumer}
    return item, [("upsert", ({**about, "envelope": envelope},))]


def _envelope_id(stream: str) -> str:
    return f"envelope:{stream}"


def _replacing(item: Mapping[str, Any], tag: str) -> _Operation:
    return "replace", (item["id"], dict(item)), {"if_match_etag": tag}


def _deleting(id_: str, tag: str) -> _Operation:
    return "delete", (id_,), {"if_match_etag": tag}
