"""The container `parked`: a marker for each parked stream, and every decision of an operator."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

from azure.core import MatchConditions
from azure.core.exceptions import AzureError
from azure.cosmos.aio import ContainerProxy
from pydantic import TypeAdapter

from shared.adapters.cosmos.client import (
    CONFLICT,
    NOT_FOUND,
    PRECONDITION_FAILED,
    everything,
    status,
    store_error,
)
from shared.adapters.cosmos.markers import camel, from_item, to_item
from shared.kernel.delivery.parking import Decision, Parked
from shared.kernel.ports import StoredParked

_DECISION = TypeAdapter(Decision)
_MARKERS = "SELECT * FROM c WHERE c.kind = 'marker' ORDER BY c.stream"
_DECISIONS = "SELECT * FROM c WHERE c.kind = 'decision' AND c.stream = @stream ORDER BY c.time"


class CosmosParking:
    """Writes markers only over what it has read."""

    def __init__(self, parked: ContainerProxy) -> None:
        self._parked = parked

    async def park(self, marker: Parked) -> None:
        parked = False
        while not parked:
            parked = await self.seen(
                marker.consumer, marker.stream, marker.last_seen
            ) or await self._create(marker)

    async def seen(self, consumer: str, stream: str, version: int) -> bool:
        while True:
            known = await self.find(consumer, stream)
            if known is None:
                return False
            if known.marker.last_seen >= version:
                return True
            if await self._replace(replace(known.marker, last_seen=version), known.tag):
                return True

    async def find(self, consumer: str, stream: str) -> StoredParked | None:
        try:
            item = await self._parked.read_item(stream, partition_key=consumer)
        except AzureError as error:
            if status(error) == NOT_FOUND:
                return None
            raise store_error(error) from error
        return StoredParked(from_item(item), item["_etag"])

    async def parked(self, consumer: str) -> list[Parked]:
        items, _ = await everything(self._parked.query_items(_MARKERS, partition_key=consumer))
        return [from_item(item) for item in items]

    async def move(self, parked: StoredParked, marker: Parked) -> bool:
        return await self._replace(marker, parked.tag)

    async def unpark(self, parked: StoredParked) -> bool:
        try:
            await self._parked.delete_item(
                parked.marker.stream,
                partition_key=parked.marker.consumer,
                etag=parked.tag,
                match_condition=MatchConditions.IfNotModified,
            )
        except AzureError as error:
            if status(error) in {PRECONDITION_FAILED, NOT_FOUND}:
                return False
            raise store_error(error) from error
        return True

    async def decide(self, decision: Decision) -> None:
        item = {"id": f"decision:{uuid4()}", "kind": "decision"}
        await self._write({**item, **camel(_DECISION.dump_python(decision))})

    async def decisions(self, consumer: str, stream: str) -> list[Decision]:
        pages = self._parked.query_items(
            _DECISIONS,
            parameters=[{"name": "@stream", "value": stream}],
            partition_key=consumer,
        )
        items, _ = await everything(pages)
        return [_DECISION.validate_python(item) for item in items]

    async def _create(self, marker: Parked) -> bool:
        return await self._write(to_item(marker))

    async def _write(self, item: dict[str, Any]) -> bool:
        try:
            await self._parked.create_item(item, no_response=True)
        except AzureError as error:
            if status(error) == CONFLICT:
                return False
            raise store_error(error) from error
        return True

    async def _replace(self, marker: Parked, tag: str) -> bool:
        try:
            await self._parked.replace_item(
                marker.stream,
                to_item(marker),
                etag=tag,
                match_condition=MatchConditions.IfNotModified,
                no_response=True,
            )
        except AzureError as error:
            if status(error) in {PRECONDITION_FAILED, NOT_FOUND}:
                return False
            raise store_error(error) from error
        return True
