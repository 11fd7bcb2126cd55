"""The container `feeds`: pages, each in a partition of its own; in one for each chain, how far its streams are."""

from collections.abc import Collection, Mapping
from typing import Any

from azure.core import MatchConditions
from azure.core.exceptions import AzureError
from azure.cosmos.aio import ContainerProxy

from shared.adapters.cosmos.client import everything, put
from shared.adapters.cosmos.errors import (
    CONFLICT,
    NOT_FOUND,
    PRECONDITION_FAILED,
    status,
    store_error,
)
from shared.adapters.size_limits import LARGEST_PAGE
from shared.kernel.feeds.page import Entry, Page
from shared.kernel.ports import StoredPage

_PAGE = "page"
_LAST = "SELECT TOP 1 c.number FROM c WHERE c.chain = @chain ORDER BY c.number DESC"
_REACHED = "SELECT c.id, c.version, c._etag FROM c WHERE ARRAY_CONTAINS(@streams, c.id)"


class CosmosFeedPages:
    """Reads and writes the container `feeds`."""

    def __init__(self, feeds: ContainerProxy) -> None:
        self._feeds = feeds

    @property
    def largest(self) -> int:
        return LARGEST_PAGE

    async def last(self, chain: str) -> int:
        parameters: list[dict[str, Any]] = [{"name": "@chain", "value": chain}]
        items, _ = await everything(self._feeds.query_items(_LAST, parameters=parameters))
        return int(items[0]["number"]) if items else 0

    async def read(
        self, chain: str, number: int, known: StoredPage | None = None
    ) -> StoredPage | None:
        unless: dict[str, Any] = {}
        if known is not None and known.tag is not None:
            unless = {"etag": known.tag, "match_condition": MatchConditions.IfModified}
        try:
            item = await self._feeds.read_item(_PAGE, partition_key=f"{chain}/{number}", **unless)
        except AzureError as error:
            if status(error) == NOT_FOUND:
                return None
            raise store_error(error) from error
        # Nothing comes where nothing has changed, and costs one request unit, whatever the page has.
        return StoredPage(_page(item), item["_etag"]) if item else known

    async def write(self, page: Page, replacing: str | None) -> str | None:
        return await put(self._feeds, _item(page), replacing)

    async def reached(self, chain: str, streams: Collection[str]) -> Mapping[str, int]:
        return {stream: at["version"] for stream, at in (await self._notes(chain, streams)).items()}

    async def note(self, chain: str, reached: Mapping[str, int]) -> None:
        noted = not reached
        while not noted:
            known = await self._notes(chain, reached)
            later = {
                stream: version
                for stream, version in reached.items()
                if stream not in known or known[stream]["version"] < version
            }
            noted = not later or await self._write_notes(chain, later, known)

    async def _notes(self, chain: str, streams: Collection[str]) -> dict[str, dict[str, Any]]:
        parameters: list[dict[str, Any]] = [{"name": "@streams", "value": sorted(streams)}]
        pages = self._feeds.query_items(
            _REACHED, parameters=parameters, partition_key=_notes_of(chain)
        )
        items, _ = await everything(pages)
        return {item["id"]: item for item in items}

    async def _write_notes(
        self, chain: str, reached: Mapping[str, int], known: Mapping[str, dict[str, Any]]
    ) -> bool:
        """Write notes over those that are known; False when somebody else has written one meanwhile."""
        place = _notes_of(chain)
        operations: list[Any] = []
        for stream, version in reached.items():
            item = {"id": stream, "page": place, "version": version}
            if stream in known:
                tag = {"if_match_etag": known[stream]["_etag"]}
                operations.append(("replace", (stream, item), tag))
            else:
                operations.append(("create", (item,)))
        try:
            await self._feeds.execute_item_batch(operations, partition_key=place)
        except AzureError as error:
            if status(error) in {CONFLICT, PRECONDITION_FAILED, NOT_FOUND}:
                return False
            raise store_error(error) from error
        return True


def _notes_of(chain: str) -> str:
    return f"{chain}/streams"


def _item(page: Page) -> dict[str, Any]:
    return {
        "id": _PAGE,
        "page": f"{page.chain}/{page.number}",
        "chain": page.chain,
        "number": page.number,
        "closed": page.closed,
        "noted": page.noted,
        "entries": [
            {
                "stream": one.stream,
                "version": one.version,
                "size": one.size,
                "events": list(one.events),
            }
            for one in page.entries
        ],
    }


def _page(item: Mapping[str, Any]) -> Page:
    entries = tuple(
        Entry(one["stream"], one["version"], one["events"], one["size"]) for one in item["entries"]
    )
    return Page(item["chain"], item["number"], entries, item["closed"], item["noted"])
