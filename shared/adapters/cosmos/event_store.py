"""The event store: insert-only, one item a commit, one request a write."""

from collections.abc import AsyncIterable, Sequence
from typing import Any

from azure.core.exceptions import AzureError
from azure.cosmos.aio import ContainerProxy
from tenacity import (
    AsyncRetrying,
    retry_if_exception_type,
    stop_after_attempt,
    wait_exponential_jitter,
)

from shared.adapters.cosmos.client import CONFLICT, THROTTLED, is_unsettled, status
from shared.kernel.commit import Commit, from_item, to_item
from shared.kernel.errors import (
    OutcomeUnknown,
    StoreError,
    StoreThrottled,
    StoreUnavailable,
)
from shared.kernel.ports import Appended, Collided
from shared.kernel.stream import StreamName

PAGE = 1_000

_READ = "SELECT * FROM c WHERE c.stream = @stream AND c.version > @after ORDER BY c.version"
_READ_SOME = (
    "SELECT TOP @limit * FROM c WHERE c.stream = @stream AND c.version > @after ORDER BY c.version"
)
_FIND = (
    "SELECT * FROM c WHERE c.stream = @stream"
    " AND (c.version > @after OR ARRAY_CONTAINS(@commandIds, c.commandId)) ORDER BY c.version"
)


class CosmosEventStore:
    """Reads and writes the container `events`."""

    def __init__(self, events: ContainerProxy, attempts: int = 8) -> None:
        self._events = events
        self._attempts = attempts

    async def read(
        self, stream: StreamName, after: int = 0, limit: int | None = None
    ) -> list[Commit]:
        if limit is None:
            return await self._query(_READ, stream, after=after)
        return await self._query(_READ_SOME, stream, after=after, limit=limit)

    async def find(
        self, stream: StreamName, after: int, command_ids: Sequence[str]
    ) -> list[Commit]:
        return await self._query(_FIND, stream, after=after, commandIds=list(command_ids))

    async def append(self, commits: Sequence[Commit]) -> Appended | Collided:
        """Write the identical items until the outcome is known: deciding anew could write twice."""
        unsettled = False
        async for attempt in self._again(OutcomeUnknown):
            with attempt:
                try:
                    await self._create([to_item(commit) for commit in commits])
                except AzureError as error:
                    if status(error) == CONFLICT:
                        return Collided()
                    unsettled = unsettled or is_unsettled(error)
                    raise _write_error(error, unsettled=unsettled) from error
        return Appended()

    async def _create(self, items: list[dict[str, Any]]) -> None:
        # retry_total=0: the SDK would send a write whose outcome it does not know again, unasked.
        if len(items) == 1:
            await self._events.create_item(items[0], retry_total=0, no_response=True)
            return
        operations = [("create", (item,)) for item in items]
        await self._events.execute_item_batch(
            operations, partition_key=items[0]["stream"], retry_total=0
        )

    async def _query(self, query: str, stream: StreamName, **values: object) -> list[Commit]:
        parameters = [{"name": f"@{name}", "value": value} for name, value in values.items()]
        parameters.append({"name": "@stream", "value": str(stream)})
        async for attempt in self._again(StoreUnavailable):
            with attempt:
                pages = self._events.query_items(
                    query,
                    parameters=parameters,
                    partition_key=str(stream),
                    max_item_count=PAGE,
                )
                return [from_item(item) for item in await _all(pages)]
        raise AssertionError("tenacity ends with a result or an error")

    def _again(self, retried: type[StoreError]) -> AsyncRetrying:
        return AsyncRetrying(
            stop=stop_after_attempt(self._attempts),
            wait=wait_exponential_jitter(multiplier=0.02, max=1, jitter=0.05),
            retry=retry_if_exception_type(retried),
            reraise=True,
        )


async def _all(pages: AsyncIterable[dict[str, Any]]) -> list[dict[str, Any]]:
    try:
        return [item async for item in pages]
    except AzureError as error:
        if status(error) == THROTTLED:
            raise StoreThrottled("Cosmos DB throttles reads") from error
        if is_unsettled(error):
            raise StoreUnavailable(f"Cosmos DB does not answer a read: {error}") from error
        raise StoreError(f"Cosmos DB refuses a read: {error}") from error


def _write_error(error: AzureError, *, unsettled: bool) -> StoreError:
    if unsettled:
        return OutcomeUnknown(f"Cosmos DB did not say whether it wrote: {error}")
    if status(error) == THROTTLED:
        return StoreThrottled("Cosmos DB throttles writes")
    return StoreError(f"Cosmos DB refuses a write: {error}")
