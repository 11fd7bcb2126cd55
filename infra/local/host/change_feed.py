"""The Cosmos DB trigger: one lease a feed range, one invocation at a time a lease.

After the function ran, with all its retries, the lease advances whether or not it succeeded, as in Azure.
"""

import asyncio
import json
import sys
from collections.abc import Mapping
from typing import Any, Literal

from azure.core.exceptions import AzureError
from azure.cosmos.aio import ContainerProxy, CosmosClient
from azure.cosmos.exceptions import CosmosHttpResponseError

from infra.local.host.configuration import connection, resolve
from infra.local.host.invocations import Input, Invoker
from infra.local.host.leases import Lease, LeaseLostError
from infra.local.host.newtonsoft import rewrite_dates
from infra.local.host.protos import TypedData
from infra.local.host.rules import Function

PATIENCE = 0.5


class ChangeFeedListener:
    """Listens to one container for one function."""

    def __init__(
        self, function: Function, invoker: Invoker, owner: str, *, keep_dates: bool
    ) -> None:
        self._function = function
        self._invoker = invoker
        self._owner = owner
        self._keep_dates = keep_dates
        self._trigger: Mapping[str, Any] = function.trigger
        self._client = CosmosClient.from_connection_string(
            connection(function.name, self._trigger["connection"])
        )
        self._tasks: list[asyncio.Task[None]] = []
        self.ready = asyncio.Event()

    async def start(self) -> None:
        """Begin to listen; `ready` is set once the container and its leases were reached."""
        await self._client.__aenter__()
        self._tasks.append(asyncio.create_task(self._listen()))

    async def stop(self) -> None:
        """End after the invocations that run; their leases advance only if they were done."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._client.close()

    async def _listen(self) -> None:
        monitored = self._container(self._trigger["databaseName"], self._trigger["containerName"])
        while True:
            try:
                ranges = [feed_range async for feed_range in monitored.read_feed_ranges()]
                break
            except (AzureError, CosmosHttpResponseError) as error:
                await self._complain(error)
        self.ready.set()
        for number, feed_range in enumerate(ranges):
            self._tasks.append(
                asyncio.create_task(self._follow(monitored, feed_range, self._lease(number)))
            )

    def _lease(self, number: int) -> Lease:
        database = self._trigger.get("leaseDatabaseName") or self._trigger["databaseName"]
        leases = self._container(database, self._trigger.get("leaseContainerName") or "leases")
        prefix = resolve(self._function.name, self._trigger.get("leaseContainerPrefix") or "")
        expires = self._milliseconds("leaseExpirationInterval", 60_000)
        return Lease(leases, f"{prefix}..{number}", self._owner, expires)

    def _container(self, database: str, name: str) -> ContainerProxy:
        here = self._function.name
        return self._client.get_database_client(resolve(here, database)).get_container_client(
            resolve(here, name)
        )

    async def _follow(
        self, monitored: ContainerProxy, feed_range: dict[str, Any], lease: Lease
    ) -> None:
        """Own the range again and again until the host stops."""
        while True:
            try:
                if not await lease.acquire():
                    await asyncio.sleep(self._milliseconds("leaseAcquireInterval", 13_000))
                    continue
                renewing = asyncio.create_task(self._renew(lease))
                try:
                    await self._process(monitored, feed_range, lease)
                finally:
                    renewing.cancel()
            except LeaseLostError:
                continue
            except AzureError as error:
                await self._complain(error)

    async def _renew(self, lease: Lease) -> None:
        while True:
            await asyncio.sleep(self._milliseconds("leaseRenewInterval", 17_000))
            try:
                await lease.renew()
            except AzureError as error:
                await self._complain(error)

    async def _process(
        self, monitored: ContainerProxy, feed_range: dict[str, Any], lease: Lease
    ) -> None:
        while True:
            documents, continuation = await self._next(monitored, feed_range, lease.continuation)
            await self._run(documents, lease, continuation)
            if not documents:
                await asyncio.sleep(self._milliseconds("feedPollDelay", 5_000))

    async def _run(
        self, documents: list[dict[str, Any]], lease: Lease, continuation: str | None
    ) -> None:
        async def advance() -> None:
            if continuation and continuation != lease.continuation:
                await lease.advance(continuation)

        if documents:
            await self._invoker.process(self._function, lambda: self._input(documents), advance)
        else:
            await advance()

    async def _next(
        self, monitored: ContainerProxy, feed_range: dict[str, Any], continuation: str | None
    ) -> tuple[list[dict[str, Any]], str | None]:
        begin: Literal["Beginning", "Now"] = (
            "Beginning" if self._trigger.get("startFromBeginning") else "Now"
        )
        most = self._trigger.get("maxItemsPerInvocation") or 100
        if continuation:
            feed = monitored.query_items_change_feed(continuation=continuation, max_item_count=most)
        else:
            feed = monitored.query_items_change_feed(
                feed_range=feed_range, start_time=begin, max_item_count=most
            )
        pages = feed.by_page()
        async for page in pages:
            found = [dict(item) async for item in page]
            return found, pages.continuation_token  # type: ignore[attr-defined]  # the SDK says less
        # Nothing new: only "from now on" must keep where now was.
        headers = self._client.client_connection.last_response_headers
        return [], None if continuation or begin == "Beginning" else headers.get("etag")

    def _input(self, documents: list[dict[str, Any]]) -> Input:
        shown = documents if self._keep_dates else rewrite_dates(documents)
        return TypedData(string=json.dumps(shown, separators=(",", ":"))), {}

    def _milliseconds(self, name: str, default: int) -> float:
        return int(self._trigger.get(name) or default) / 1000

    async def _complain(self, error: Exception) -> None:
        first_line = str(error).splitlines()[0] if str(error) else type(error).__name__
        print(f"host: {self._function.name}: change feed: {first_line}", file=sys.stderr)
        await asyncio.sleep(PATIENCE)
