"""The change feed as the trigger reads it: by stretches of keys, each from an etag on."""

import base64
import json
from collections.abc import Sequence
from typing import Any

from azure.cosmos.aio import ContainerProxy

from emulators.host.stretches import Stretch


class RangeGoneError(Exception):
    """What was read has split: nobody can tell of which child the page is."""


class Feed:
    """Reads one container."""

    def __init__(self, monitored: ContainerProxy, rid: str) -> None:
        self._monitored = monitored
        self._rid = rid

    async def ranges(self) -> Sequence[dict[str, Any]]:
        """List the ranges that there are, with their ids, which the SDK shows nobody."""
        connection = self._monitored.client_connection
        found = connection._ReadPartitionKeyRanges(self._monitored.container_link)  # noqa: SLF001
        return [dict(one) async for one in found]

    async def read(
        self, stretch: Stretch, place: str | None, most: int
    ) -> tuple[list[dict[str, Any]], str]:
        """Give the next page behind a place, and the place behind it; raises RangeGoneError."""
        bounds = {
            "min": stretch.first,
            "max": stretch.beyond,
            "isMinInclusive": True,
            "isMaxInclusive": False,
        }
        since: dict[str, Any] = (
            {"feed_range": {"Range": bounds}, "start_time": "Beginning"}
            if place is None
            else {"continuation": self._continuation(bounds, place)}
        )
        pages: Any = self._monitored.query_items_change_feed(max_item_count=most, **since).by_page()
        async for page in pages:
            found = [dict(item) async for item in page]
            told = json.loads(base64.b64decode(pages.continuation_token))
            places = told["continuation"]["continuation"]
            if len(places) > 1:
                raise RangeGoneError(stretch)
            return found, places[0]["token"]
        return [], place or ""

    def _continuation(self, bounds: dict[str, Any], place: str) -> str:
        """Write a place as the SDK does, which takes it in no other way."""
        state = {
            "v": "v2",
            "containerRid": self._rid,
            "mode": "LatestVersion",
            "startFrom": {"Type": "Beginning"},
            "continuation": {
                "v": "v2",
                "rid": self._rid,
                "continuation": [{"range": bounds, "token": place}],
                "Range": bounds,
            },
        }
        return base64.b64encode(json.dumps(state).encode()).decode()
