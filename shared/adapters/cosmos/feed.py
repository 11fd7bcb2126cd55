"""The change feed of the container `events`, pulled; and the container `progress`."""

import json
from typing import Any

from azure.core.exceptions import AzureError
from azure.cosmos.aio import ContainerProxy

from shared.adapters.cosmos.client import NOT_FOUND, status, store_error
from shared.kernel.ports import FeedPage

PAGE = 100


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


class CosmosProgress:
    """One item a name, written over unasked: a position that goes back only repeats what is harmless."""

    def __init__(self, progress: ContainerProxy) -> None:
        self._progress = progress

    async def read(self, name: str) -> str | None:
        try:
            item = await self._progress.read_item(name, partition_key=name)
        except AzureError as error:
            if status(error) == NOT_FOUND:
                return None
            raise store_error(error) from error
        position: str = item["position"]
        return position

    async def write(self, name: str, position: str) -> None:
        try:
            await self._progress.upsert_item({"id": name, "position": position}, no_response=True)
        except AzureError as error:
            raise store_error(error) from error
