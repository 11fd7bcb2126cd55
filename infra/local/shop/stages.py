"""Watches the stages behind the store: the log through the group that no function has, the rows by their feed."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain
from typing import Any

from azure.cosmos.aio import ContainerProxy, CosmosClient
from azure.eventhub import EventData
from azure.eventhub.aio import EventHubConsumerClient, PartitionContext

PAGE = 1_000
WATCHER = "$Default"


@dataclass(slots=True)
class Stages:
    """What has been seen so far; ages are seconds from the commit."""

    log_messages: int = 0
    out_of_order: int = 0
    committed: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    log_ages: list[float] = field(default_factory=list)
    rows: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    row_ages: list[float] = field(default_factory=list)

    @property
    def log_events(self) -> int:
        """Different events in the log; what came twice counts once."""
        return sum(map(len, self.committed.values()))

    @property
    def projected(self) -> int:
        """Events that the rows have seen."""
        return sum(map(self._seen, self.rows))

    def see_message(self, envelope: dict[str, Any], now: datetime) -> None:
        """Count a message of the log; its first occurrence must follow its predecessor."""
        self.log_messages += 1
        times = self.committed[envelope["subject"]]
        version = envelope["sequence"]
        if version == len(times) + 1:
            times.append(datetime.fromisoformat(envelope["time"]))
            self.log_ages.append((now - times[-1]).total_seconds())
        elif version > len(times):
            self.out_of_order += 1

    def see_rows(self, changed: Iterable[Mapping[str, Any]], now: datetime) -> None:
        """Note the versions of rows; the age is that of the oldest event that any row lacks."""
        for row in changed:
            self.rows[row["stream"]][row["view"]] = row["version"]
        lacking = [
            times[self._seen(stream)]
            for stream, times in self.committed.items()
            if self._seen(stream) < len(times)
        ]
        self.row_ages.append(max(((now - time).total_seconds() for time in lacking), default=0.0))

    def _seen(self, stream: str) -> int:
        """Tell how far the view is that is furthest behind."""
        return min(self.rows[stream].values()) if stream in self.rows else 0


async def watch_log(event_hubs: str, stages: Stages) -> None:
    """Read the log from its beginning, for ever."""
    consumer = EventHubConsumerClient.from_connection_string(
        event_hubs, WATCHER, eventhub_name="events"
    )

    async def see(_context: PartitionContext, event: EventData | None) -> None:
        if event is not None:
            stages.see_message(event.body_as_json(), datetime.now(UTC))

    async with consumer:
        await consumer.receive(see, starting_position="-1")


async def watch_rows(cosmos: str, stages: Stages) -> None:
    """Ask four times a second which rows have changed, for ever."""
    async with CosmosClient.from_connection_string(cosmos) as client:
        views = client.get_database_client("onewrite").get_container_client("views")
        # One by one: the SDK cannot go on where it has not yet asked every range.
        places: list[dict[str, Any]] = [
            {"feed_range": range_, "start_time": "Beginning"}
            async for range_ in views.read_feed_ranges()
        ]
        while True:
            changed = [await _read_on(views, place) for place in places]
            stages.see_rows(chain.from_iterable(changed), datetime.now(UTC))
            await asyncio.sleep(0.25)


async def _read_on(views: ContainerProxy, place: dict[str, Any]) -> list[Mapping[str, Any]]:
    """Read what has changed since a place, and move it behind that."""
    pages: Any = views.query_items_change_feed(max_item_count=PAGE, **place).by_page()
    changed: list[Mapping[str, Any]] = [row async for page in pages async for row in page]
    if changed:  # Nothing at all leaves no place to go on from: the next look is from the same one.
        place.clear()
        place["continuation"] = pages.continuation_token
    return changed
