"""The rows of the views, each written only over what its writer has read."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from azure.core.exceptions import AzureError
from azure.cosmos.aio import ContainerProxy

from shared.adapters.cosmos.client import everything, put
from shared.adapters.cosmos.errors import NOT_FOUND, status, store_error
from shared.adapters.cosmos.listing import count, parts, query
from shared.kernel.ports import ROWS, StoredRow
from shared.kernel.views.listing import Listing
from shared.kernel.views.view import Row, RowKey

_OF_KEY = "SELECT TOP @limit * FROM c WHERE c.stream > @after ORDER BY c.stream"
_SHOWS = "SELECT TOP 1 c.version FROM c WHERE c.version >= @version"
# Both are looked up in the index; what crosses over is left out here.
_VERSIONS = (
    "SELECT c.view, c.key, c.stream, c.version FROM c"
    " WHERE ARRAY_CONTAINS(@partitions, c.partition) AND ARRAY_CONTAINS(@ids, c.id)"
)


class CosmosRows:
    """Reads and writes the container `views`."""

    def __init__(self, views: ContainerProxy) -> None:
        self._views = views

    async def read(self, at: RowKey) -> StoredRow | None:
        try:
            item = await self._views.read_item(_id(at), partition_key=_partition(at.view, at.key))
        except AzureError as error:
            if status(error) == NOT_FOUND:
                return None
            raise store_error(error) from error
        return StoredRow(_row(item), item["_etag"])

    async def versions(self, places: Sequence[RowKey]) -> Mapping[RowKey, int]:
        if not places:
            return {}
        parameters: list[dict[str, Any]] = [
            {
                "name": "@partitions",
                "value": sorted({_partition(at.view, at.key) for at in places}),
            },
            {"name": "@ids", "value": sorted({_id(at) for at in places})},
        ]
        items, _ = await everything(self._views.query_items(_VERSIONS, parameters=parameters))
        found = {RowKey(one["view"], one["key"], one["stream"]): one["version"] for one in items}
        return {at: found[at] for at in places if at in found}

    async def write(self, row: Row, replacing: str | None) -> bool:
        return await put(self._views, _item(row), replacing) is not None

    async def delete(self, at: RowKey) -> None:
        try:
            await self._views.delete_item(_id(at), partition_key=_partition(at.view, at.key))
        except AzureError as error:
            if status(error) != NOT_FOUND:
                raise store_error(error) from error

    async def of_key(self, view: str, key: str, after: str = "", limit: int = ROWS) -> list[Row]:
        found = await self._within(_OF_KEY, view, key, after=after, limit=limit)
        return [_row(item) for item in found]

    async def shows(self, view: str, key: str, version: int) -> bool:
        return bool(await self._within(_SHOWS, view, key, version=version))

    async def _within(self, text: str, view: str, key: str, **values: object) -> list[Any]:
        parameters = [{"name": f"@{name}", "value": value} for name, value in values.items()]
        pages = self._views.query_items(
            text, parameters=parameters, partition_key=_partition(view, key)
        )
        items, _ = await everything(pages)
        return items

    async def page(self, listing: Listing) -> list[Row]:
        found: list[Row] = []
        for part in parts(listing):
            left = listing.limit - len(found)
            if left:
                text, parameters = query(replace(part, limit=left))
                pages = self._views.query_items(text, parameters=parameters, max_item_count=left)
                items, _ = await everything(pages)
                found += map(_row, items)
        return found

    async def count(self, listing: Listing) -> int:
        text, parameters = count(listing)
        pages: Any = self._views.query_items(text, parameters=parameters)
        found: Sequence[Any] = (await everything(pages))[0]
        return int(found[0])


def _id(at: RowKey) -> str:
    return f"{at.view}:{at.stream}"


def _partition(view: str, key: str) -> str:
    return f"{view}:{key}"


def _item(row: Row) -> dict[str, Any]:
    at = row.at
    return {
        "id": _id(at),
        "partition": _partition(at.view, at.key),
        "view": at.view,
        "key": at.key,
        "stream": at.stream,
        "version": row.version,
        "data": row.data,
    }


def _row(item: dict[str, Any]) -> Row:
    at = RowKey(view=item["view"], key=item["key"], stream=item["stream"])
    return Row(at=at, version=item["version"], data=item["data"])
