"""The change feed of the container `events`, pulled; the leases on it; and the container `progress`."""

import base64
import json
from collections.abc import Mapping
from typing import Any

from azure.core import MatchConditions
from azure.core.exceptions import AzureError
from azure.cosmos.aio import ContainerProxy

from shared.adapters.cosmos.client import (
    CONFLICT,
    NOT_FOUND,
    PRECONDITION_FAILED,
    status,
    store_error,
)
from shared.kernel.ports import FeedPage, StoredPosition

PAGE = 100
# The trigger keeps items of other kinds beside its leases.
_LEASES = "SELECT * FROM c WHERE STARTSWITH(c.id, @prefix) AND IS_DEFINED(c.LeaseToken)"


class CosmosFeed:
    """Reads range by range; a position is the SDK's continuation token."""

    def __init__(self, events: ContainerProxy) -> None:
        self._events = events

    async def ranges(self) -> list[str]:
        try:
            found = [feed_range async for feed_range in self._events.read_feed_ranges()]
        except AzureError as error:
            raise store_error(error) from error
        return [json.dumps(feed_range, sort_keys=True) for feed_range in found]

    async def read(self, range_: str, position: str | None) -> FeedPage:
        since: dict[str, Any] = (
            {"continuation": position}
            if position
            else {"feed_range": json.loads(range_), "start_time": "Beginning"}
        )
        pages: Any = self._events.query_items_change_feed(max_item_count=PAGE, **since).by_page()
        try:
            async for page in pages:
                items = [item async for item in page]
                return FeedPage(items, pages.continuation_token)
        except AzureError as error:
            raise store_error(error) from error
        return FeedPage([], position)


class CosmosLeases:
    """Reads the leases of the trigger, as the .NET SDK writes them: a range, and the place in it."""

    def __init__(self, leases: ContainerProxy, events: ContainerProxy, prefix: str) -> None:
        self._leases = leases
        self._events = events
        self._prefix = prefix

    async def reached(self) -> dict[str, str | None]:
        try:
            rid: str = (await self._events.read())["_rid"]
            ranges = [found async for found in self._events.read_feed_ranges()]
            leases = [
                dict(one) async for one in self._leases.query_items(_LEASES, parameters=self._own())
            ]
        except AzureError as error:
            raise store_error(error) from error
        places = {_bounds(lease["FeedRange"]): lease["ContinuationToken"] for lease in leases}
        return {
            json.dumps(found, sort_keys=True): _position(rid, found, places.get(_bounds(found)))
            for found in ranges
        }

    def _own(self) -> list[dict[str, Any]]:
        return [{"name": "@prefix", "value": self._prefix}]


class CosmosProgress:
    """One item a name; `write` writes over it unasked: a position that goes back only repeats what is harmless."""

    def __init__(self, progress: ContainerProxy) -> None:
        self._progress = progress

    async def read(self, name: str) -> str | None:
        found = await self.find(name)
        return found.position if found else None

    async def write(self, name: str, position: str) -> None:
        try:
            await self._progress.upsert_item({"id": name, "position": position}, no_response=True)
        except AzureError as error:
            raise store_error(error) from error

    async def find(self, name: str) -> StoredPosition | None:
        try:
            item = await self._progress.read_item(name, partition_key=name)
        except AzureError as error:
            if status(error) == NOT_FOUND:
                return None
            raise store_error(error) from error
        return StoredPosition(item["position"], item["_etag"])

    async def advance(self, name: str, position: str, replacing: str | None) -> str | None:
        # Who is told that somebody else was first may have been that somebody, and reads.
        item = {"id": name, "position": position}
        try:
            if replacing is None:
                written = await self._progress.create_item(item, no_response=True)
            else:
                written = await self._progress.replace_item(
                    name,
                    item,
                    etag=replacing,
                    match_condition=MatchConditions.IfNotModified,
                    no_response=True,
                )
        except AzureError as error:
            if status(error) in {CONFLICT, PRECONDITION_FAILED, NOT_FOUND}:
                return None
            raise store_error(error) from error
        tag: str = written.get_response_headers()["etag"]
        return tag


def _bounds(feed_range: Mapping[str, Any]) -> tuple[str, str]:
    return feed_range["Range"]["min"], feed_range["Range"]["max"]


def _position(rid: str, feed_range: Mapping[str, Any], place: str | None) -> str | None:
    """Write a place as the continuation of this SDK: the .NET SDK keeps only its number."""
    if place is None:
        return None
    range_ = {"range": feed_range["Range"], "token": place}
    continuation = {"v": "v2", "rid": rid, "continuation": [range_], **feed_range}
    state = {
        "v": "v2",
        "containerRid": rid,
        "mode": "LatestVersion",
        "startFrom": {"Type": "Beginning"},
        "continuation": continuation,
    }
    return base64.b64encode(json.dumps(state).encode()).decode()
