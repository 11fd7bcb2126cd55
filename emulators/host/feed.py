"""The change feed as the trigger reads it: by stretches of keys, each from an etag on.

Each read says that it prefers to wait until there is something (RFC 7240). Azure does not know that and answers at
once; the emulator waits, so that an idle host costs nothing.
"""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from azure.core.pipeline import PipelineRequest, PipelineResponse
from azure.core.rest import AsyncHttpResponse, HttpRequest
from azure.cosmos.aio import ContainerProxy

from emulators.host.stretches import Stretch


@dataclass(frozen=True, slots=True)
class Page:
    """What was read, and the place behind it; `waited`: the service held the answer back until something came."""

    documents: list[dict[str, Any]]
    place: str
    waited: bool


class RangeGoneError(Exception):
    """What was read has split: nobody can tell of which child the page is."""


@dataclass(slots=True)
class _Wait:
    """Asks a service to wait, in the first request of a read: later ones are about the children of a range."""

    seconds: float
    is_asked: bool = False
    was_held: bool = False

    def ask(self, request: PipelineRequest[HttpRequest]) -> None:
        if not self.is_asked:
            request.http_request.headers["Prefer"] = f"wait={self.seconds:.0f}"
        self.is_asked = True

    def note(self, answer: PipelineResponse[HttpRequest, AsyncHttpResponse]) -> None:
        self.was_held |= "Preference-Applied" in answer.http_response.headers


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

    async def read(self, stretch: Stretch, place: str | None, most: int, patience: float) -> Page:
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
        wait = _Wait(patience)
        pages: Any = self._monitored.query_items_change_feed(
            max_item_count=most, raw_request_hook=wait.ask, raw_response_hook=wait.note, **since
        ).by_page()
        async for page in pages:
            found = [dict(item) async for item in page]
            told = json.loads(base64.b64decode(pages.continuation_token))
            places = told["continuation"]["continuation"]
            if len(places) > 1:
                raise RangeGoneError(stretch)
            return Page(found, places[0]["token"], wait.was_held)
        return Page([], place or "", wait.was_held)

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
