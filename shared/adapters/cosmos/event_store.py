"""The event store: insert-only, one item a commit, one request a write."""

import asyncio
import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import count
from typing import Any

from azure.core.exceptions import AzureError
from azure.cosmos.aio import ContainerProxy
from azure.cosmos.exceptions import CosmosBatchOperationError

from shared.adapters.backoff import back_off
from shared.adapters.cosmos.client import charge_of, charge_of_error, some
from shared.adapters.cosmos.codec import LIMITS, commits_of, state_item, state_of, to_item
from shared.adapters.cosmos.errors import (
    CONFLICT,
    NOT_FOUND,
    is_unsettled,
    status,
    store_error,
    write_error,
)
from shared.adapters.cosmos.retries import ATTEMPTS
from shared.kernel.errors import (
    ConfigurationError,
    InvalidMessage,
    OutcomeUnknown,
    StoreError,
    StoreUnavailable,
)
from shared.kernel.messages.commit import Commit, KeptState
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import Appended, Collided, Found, StoreLimits

PAGE = 1_000

LARGEST_PAGE = 4_000_000
"""Bytes: behind so many, a page ends; the service gives as many at once."""

_READ = (
    "SELECT TOP @limit * FROM c WHERE c.stream = @stream AND c.version > @after ORDER BY c.version"
)
_TAIL = "SELECT TOP @limit * FROM c WHERE c.stream = @stream ORDER BY c.stream DESC, c.version DESC"
_TAIL_THROUGH = (
    "SELECT TOP @limit * FROM c WHERE c.stream = @stream AND c.version <= @through"
    " ORDER BY c.stream DESC, c.version DESC"
)
_FIND = (
    "SELECT * FROM c WHERE c.stream = @stream"
    " AND (c.version > @after OR ARRAY_CONTAINS(@commandIds, c.commandId)) ORDER BY c.version"
)


class CosmosEventStore:
    """Reads and writes the container `events`, and states that are too large for it in `snapshots`."""

    def __init__(
        self,
        events: ContainerProxy,
        attempts: int = ATTEMPTS,
        *,
        snapshots: ContainerProxy | None = None,
        unique_command_ids: bool = True,
    ) -> None:
        self._events = events
        self._snapshots = snapshots
        self._attempts = attempts
        self._unique = unique_command_ids

    @property
    def unique_command_ids(self) -> bool:
        return self._unique

    @property
    def limits(self) -> StoreLimits:
        return LIMITS

    async def read(self, stream: StreamName, after: int = 0, *, limit: int) -> Found:
        found = await self._query(_READ, stream, LARGEST_PAGE, after=after, limit=limit)
        return replace(found, more=found.more or len(found.commits) == limit)

    async def tail(self, stream: StreamName, limit: int, through: int | None = None) -> Found:
        if through is None:
            found = await self._query(_TAIL, stream, limit=limit)
        else:
            found = await self._query(_TAIL_THROUGH, stream, limit=limit, through=through)
        return Found(found.commits[::-1], found.charge)

    async def find(self, stream: StreamName, after: int, command_ids: Sequence[str]) -> Found:
        return await self._query(_FIND, stream, after=after, commandIds=list(command_ids))

    async def kept(self, stream: StreamName) -> KeptState | None:
        if self._snapshots is None:
            return None
        try:
            item = await self._snapshots.read_item(str(stream), partition_key=str(stream))
        except AzureError as error:
            if status(error) == NOT_FOUND:
                return None
            raise store_error(error) from error
        try:
            return await asyncio.to_thread(state_of, item)
        except InvalidMessage:
            # The events say the same, and the next state that is kept takes its place.
            return None

    async def keep(self, state: KeptState) -> None:
        if self._snapshots is None:
            return
        # A large state takes a while to pack: others are served meanwhile.
        item = await asyncio.to_thread(state_item, state)
        try:
            await self._snapshots.upsert_item(item, no_response=True)
        except AzureError as error:
            raise write_error(error) from error

    async def append(self, commits: Sequence[Commit]) -> Appended | Collided:
        """Write the identical items until the outcome is known: deciding anew could write twice."""
        items = [to_item(commit) for commit in commits]
        unsettled, charge = False, 0.0
        for attempt in count(1):
            try:
                return Appended(charge + await self._create(items))
            except AzureError as error:
                charge += charge_of_error(error)
                if status(error) == CONFLICT:
                    return Collided(charge)
                unsettled = unsettled or is_unsettled(error)
                failure = _write_error(error, unsettled=unsettled)
                if attempt == self._attempts or not isinstance(failure, OutcomeUnknown):
                    raise failure from error
            await back_off(attempt, "store")
        raise AssertionError("counting has no end")

    async def _create(self, items: list[dict[str, Any]]) -> float:
        # retry_total=0: the SDK would send a write whose outcome it does not know again, unasked.
        if len(items) == 1:
            charges: list[float] = []
            # The answer would copy all of its headers to show this one.
            await self._events.create_item(
                items[0],
                retry_total=0,
                no_response=True,
                response_hook=lambda headers, _: charges.append(charge_of(headers)),
            )
            return sum(charges)
        done = await self._events.execute_item_batch(
            [("create", (item,)) for item in items],
            partition_key=items[0]["stream"],
            retry_total=0,
        )
        return charge_of(done.get_response_headers())

    async def _query(
        self, query: str, stream: StreamName, most: float = math.inf, **values: object
    ) -> Found:
        parameters = [{"name": f"@{name}", "value": value} for name, value in values.items()]
        parameters.append({"name": "@stream", "value": str(stream)})
        for attempt in count(1):
            pages = self._events.query_items(
                query, parameters=parameters, partition_key=str(stream), max_item_count=PAGE
            )
            try:
                items, charge, more = await some(pages, most)
            except StoreUnavailable:
                if attempt == self._attempts:
                    raise
            else:
                return Found(commits_of(items), charge, more)
            await back_off(attempt, "store")
        raise AssertionError("counting has no end")


async def open_event_store(
    events: ContainerProxy, snapshots: ContainerProxy | None = None
) -> CosmosEventStore:
    """Give the event store of a container, once it is known whether the container keeps its unique key."""
    unique = await keeps_unique_key(events)
    return CosmosEventStore(events, snapshots=snapshots, unique_command_ids=unique)


async def keeps_unique_key(events: ContainerProxy) -> bool:
    """Try to store one command id twice, in a batch that fails in any case and so leaves nothing behind."""
    stream = "unique-key"
    twice: list[Any] = [
        ("create", ({"id": id_, "stream": stream, "commandId": stream},)) for id_ in ("1", "2")
    ]
    try:
        await events.execute_item_batch([*twice, ("read", ("missing",))], partition_key=stream)
    except CosmosBatchOperationError as failed:
        return bool(failed.error_index < len(twice))
    raise ConfigurationError("the store carries out a batch although one of its operations fails")


def _write_error(error: AzureError, *, unsettled: bool) -> StoreError:
    if unsettled:
        return OutcomeUnknown(f"Cosmos DB did not say whether it wrote: {error}")
    return write_error(error)
