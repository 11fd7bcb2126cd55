"""The Cosmos DB trigger: one lease a range (or part of a merged one), one invocation at a time a lease.

After the function ran, with all its retries, the lease advances whether or not it succeeded, as in Azure.
"""

import asyncio
import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from azure.core.exceptions import AzureError
from azure.cosmos.aio import ContainerProxy, CosmosClient

from emulators.host.balancing import Holding, to_take
from emulators.host.configuration import connection, resolve
from emulators.host.feed import Feed, RangeGoneError
from emulators.host.invocations import Input, Invoker
from emulators.host.lease_store import LeaseStore
from emulators.host.leases import Lease, LeaseLostError
from emulators.host.newtonsoft import rewrite_dates
from emulators.host.protos import TypedData
from emulators.host.rules import Function

PAUSE = 0.5


class ChangeFeedListener:
    """Listens to one container for one function, in the ranges that it owns."""

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
        self._monitored = self._container(
            self._trigger["databaseName"], self._trigger["containerName"]
        )
        self._known: tuple[LeaseStore, Feed] | None = None
        self._ranges: Sequence[Mapping[str, Any]] = ()
        self._listening: asyncio.Task[None] | None = None
        self._owned: dict[str, asyncio.Task[None]] = {}
        self.ready = asyncio.Event()

    async def start(self) -> None:
        """Begin to listen; `ready` is set once the container and its leases were reached."""
        self._listening = asyncio.create_task(self._listen())

    async def stop(self) -> None:
        """End after the invocations that run; their leases advance only if they were done, and are free then."""
        tasks = [task for task in (self._listening, *self._owned.values()) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._client.close()

    async def _listen(self) -> None:
        """Look at all leases again and again, and take a fair share of them."""
        while not await self._is_connected():
            continue
        while True:
            try:
                await self._balance()
            except AzureError as error:
                await self._complain(error)
                continue
            self.ready.set()
            await asyncio.sleep(self._platform_milliseconds("leaseAcquireInterval", 13_000))

    async def _is_connected(self) -> bool:
        """Connect; False, after a while, when the store does not answer: it may start beside the host."""
        try:
            await self._client.__aenter__()
        except AzureError as error:
            await self._complain(error)
            return False
        return True

    async def _opened(self) -> tuple[LeaseStore, Feed]:
        """Give the leases, which are made when this is the first start, and the feed."""
        if self._known is None:
            database = self._trigger.get("leaseDatabaseName") or self._trigger["databaseName"]
            rid = (await self._monitored.read())["_rid"]
            feed = Feed(self._monitored, rid)
            store = LeaseStore(
                self._container(database, self._trigger.get("leaseContainerName") or "leases"),
                await self._prefix(rid),
                self._owner,
                self._platform_milliseconds("leaseExpirationInterval", 60_000),
                self._invoker.pace,
            )
            await store.prepare(await feed.ranges())
            self._known = store, feed
        return self._known

    async def _prefix(self, rid: str) -> str:
        """Give what the ids of leases begin with: whose they are is the account and the container."""
        named = resolve(self._function.name, self._trigger.get("leaseContainerPrefix") or "")
        account = urlsplit(self._client.client_connection.url_connection).hostname
        monitored = resolve(self._function.name, self._trigger["databaseName"])
        database = await self._client.get_database_client(monitored).read()
        return f"{named}{account}_{database['_rid']}_{rid}"

    async def _balance(self) -> None:
        store, feed = await self._opened()
        leases = await store.all()
        # Behind the leases: none of them is of ranges that are not known here yet.
        self._ranges = await feed.ranges()
        others = [lease for lease in leases if lease.id not in self._owned]
        seen = [lease.holding() for lease in others]
        # What this host held before it died is free: nobody else has its name.
        free = [Holding(one.id, None if one.holder == self._owner else one.holder) for one in seen]
        mine = [Holding(id_, self._owner) for id_ in self._owned]
        chosen = to_take([*mine, *free], self._owner)
        for lease in others:
            if lease.id in chosen and await lease.take():
                self._owned[lease.id] = asyncio.create_task(self._own(lease))

    async def _own(self, lease: Lease) -> None:
        """Process a range until the lease is lost or the host stops."""
        renewing = asyncio.create_task(self._renew(lease))
        try:
            await self._process(lease)
        except LeaseLostError:
            return
        except asyncio.CancelledError:
            await _release(lease)
            raise
        finally:
            renewing.cancel()
            del self._owned[lease.id]

    async def _renew(self, lease: Lease) -> None:
        while True:
            await asyncio.sleep(self._platform_milliseconds("leaseRenewInterval", 17_000))
            try:
                await lease.renew()
            except LeaseLostError:
                # As in Azure, what runs goes on to its end.
                return
            except AzureError as error:
                await self._complain(error)

    async def _process(self, lease: Lease) -> None:
        while not lease.lost:
            try:
                await self._step(lease)
            except AzureError as error:
                await self._complain(error)

    async def _step(self, lease: Lease) -> None:
        """Hand the lease over if its range is gone, or else process the next page."""
        store, feed = await self._opened()
        if await store.hand_over(lease, self._ranges):
            return
        most = self._trigger.get("maxItemsPerInvocation") or 100
        try:
            documents, place = await feed.read(lease.stretch, lease.place, most)
        except RangeGoneError:
            self._ranges = await feed.ranges()
            return
        if documents:
            await self._run(documents, lease, place)
        else:
            await asyncio.sleep(self._milliseconds("feedPollDelay", 5_000))

    async def _run(self, documents: list[dict[str, Any]], lease: Lease, place: str) -> None:
        async def advance() -> None:
            await lease.advance(place)

        await self._invoker.process(self._function, lambda: self._input(documents), advance)

    def _input(self, documents: list[dict[str, Any]]) -> Input:
        shown = documents if self._keep_dates else rewrite_dates(documents)
        return TypedData(string=json.dumps(shown, separators=(",", ":"))), {}

    def _milliseconds(self, name: str, default: int) -> float:
        return int(self._trigger.get(name) or default) / 1000

    def _platform_milliseconds(self, name: str, default: int) -> float:
        return self._milliseconds(name, default) / self._invoker.pace

    def _container(self, database: str, name: str) -> ContainerProxy:
        here = self._function.name
        return self._client.get_database_client(resolve(here, database)).get_container_client(
            resolve(here, name)
        )

    async def _complain(self, error: Exception) -> None:
        first_line = str(error).splitlines()[0] if str(error) else type(error).__name__
        print(f"host: {self._function.name}: change feed: {first_line}", file=sys.stderr)
        await asyncio.sleep(PAUSE)


async def _release(lease: Lease) -> None:
    try:
        await lease.release()
    except (LeaseLostError, AzureError):
        # Others will have it when it expires.
        return
