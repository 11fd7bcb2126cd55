"""The change feed of the container `events`, pulled; and the container `progress`."""

import base64
import json
from collections.abc import Mapping, Sequence
from email.utils import parsedate_to_datetime
from typing import Any

from azure.core.exceptions import AzureError
from azure.cosmos.aio import ContainerProxy
from azure.cosmos.exceptions import CosmosHttpResponseError

from shared.adapters.cosmos.client import everything, put
from shared.adapters.cosmos.errors import NOT_FOUND, status, store_error
from shared.kernel.delivery.feed_places import Stretch
from shared.kernel.errors import StoreUnavailable
from shared.kernel.ports import FeedPage, StoredPosition

PAGE = 100
_NAMED = "SELECT c.id, c.position FROM c WHERE ARRAY_CONTAINS(@names, c.id)"


class CosmosFeed:
    """Reads range by range; a position is the etag of an answer, behind the rid of the container that gave it."""

    def __init__(self, events: ContainerProxy) -> None:
        self._events = events
        self._rid = ""

    async def ranges(self) -> list[str]:
        # Asked anew: the SDK keeps those that it has seen, and does not notice that they have split.
        try:
            found = [one async for one in self._events.read_feed_ranges(force_refresh=True)]
        except AzureError as error:
            raise store_error(error) from error
        return [str(Stretch(one["Range"]["min"], one["Range"]["max"])) for one in found]

    async def read(self, range_: str, position: str | None, limit: int | None = None) -> FeedPage:
        told: dict[str, str] = {}

        def note(headers: Mapping[str, str], _: object) -> None:
            told.update(headers)

        try:
            pages: Any = self._events.query_items_change_feed(
                max_item_count=limit or PAGE,
                response_hook=note,
                **await self._since(Stretch.parse(range_), position),
            ).by_page()
            async for page in pages:
                items = [item async for item in page]
                etag = _etag(range_, pages.continuation_token)
                return FeedPage(items, position_of(self._rid, etag), _ages(items, told))
        except AzureError as error:
            raise store_error(error) from error
        return FeedPage([], position, [])

    async def time(self) -> float:
        try:
            found = await self._events.read()
        except AzureError as error:
            if isinstance(error, CosmosHttpResponseError) and error.status_code == NOT_FOUND:
                # Who says that there is no such container tells the time, too: it may be restored from the log.
                return _seconds(error.headers)
            raise store_error(error) from error
        return _seconds(found.get_response_headers())

    async def _since(self, stretch: Stretch, position: str | None) -> dict[str, Any]:
        """Say where to begin, in the words of the SDK: it takes a place only within a continuation of its own."""
        bounds = {
            "min": stretch.first,
            "max": stretch.beyond,
            "isMinInclusive": True,
            "isMaxInclusive": False,
        }
        if not self._rid:
            self._rid = (await self._events.read())["_rid"]
        rid, _, etag = (position or "").partition(" ")
        # A place in another container, such as one that was restored, says nothing about this one.
        if rid != self._rid:
            return {"feed_range": {"Range": bounds}, "start_time": "Beginning"}
        state = {
            "v": "v2",
            "containerRid": self._rid,
            "mode": "LatestVersion",
            "startFrom": {"Type": "Beginning"},
            "continuation": {
                "v": "v2",
                "rid": self._rid,
                "continuation": [{"range": bounds, "token": etag}],
                "Range": bounds,
            },
        }
        return {"continuation": base64.b64encode(json.dumps(state).encode()).decode()}


class CosmosProgress:
    """One item a name; `write` writes over it unasked: a position that goes back only repeats what is harmless."""

    def __init__(self, progress: ContainerProxy) -> None:
        self._progress = progress

    async def read(self, name: str) -> str | None:
        found = await self.find(name)
        return found.position if found else None

    async def read_all(self, names: Sequence[str]) -> Mapping[str, str]:
        named: list[dict[str, Any]] = [{"name": "@names", "value": list(names)}]
        found, _ = await everything(self._progress.query_items(_NAMED, parameters=named))
        return {item["id"]: item["position"] for item in found}

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
        return await put(self._progress, {"id": name, "position": position}, replacing)


def position_of(rid: str, etag: str) -> str:
    """Writes a place in the feed of a container."""
    return f"{rid} {etag}"


def _etag(range_: str, continuation: str) -> str:
    """Take the place out of a continuation of the SDK; raises StoreUnavailable when the range has just split."""
    found = json.loads(base64.b64decode(continuation))["continuation"]["continuation"]
    if len(found) != 1:
        # Which child the page is of is not told: who asks for the ranges anew reads each of them.
        raise StoreUnavailable(f"the range {range_} has split into {len(found)}")
    etag: str = found[0]["token"]
    return etag


def _ages(items: list[dict[str, Any]], headers: Mapping[str, str]) -> list[float]:
    """Compare when items were stored with the time of the answer: both are the service's own word."""
    if not items:
        return []
    now = _seconds(headers)
    return [now - item["_ts"] for item in items]


def _seconds(headers: Mapping[str, str]) -> float:
    return parsedate_to_datetime(headers["Date"]).timestamp()
