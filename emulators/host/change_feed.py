"""The Cosmos DB trigger: looks at all leases again and again, and works on a fair share of them.

One lease a range (or part of a merged one), one invocation at a time a lease.
"""

import asyncio
import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from azure.core.exceptions import AzureError
from azure.cosmos.aio import ContainerProxy, CosmosClient

from emulators.host.balancing import Holding, to_take
from emulators.host.configuration import connection, resolve
from emulators.host.feed import Feed
from emulators.host.invocations import Invoker
from emulators.host.lease_store import LeaseStore
from emulators.host.lease_work import Watched, complain, seconds, work
from emulators.host.leases import Lease
from emulators.host.rules import Function

PAUSE = 0.5
LEAVING = 5.0
"""So many seconds the store has to take back the leases of a host that ends."""


class ChangeFeedListener:
    """Listens to one container for one function, in the ranges that it owns.

    Its name among the owners of leases is new with each start: what a dead one owned is free when it expires.
    """

    def __init__(self, function: Function, invoker: Invoker, *, keep_dates: bool) -> None:
        self._function = function
        self._invoker = invoker
        self._owner = str(uuid.uuid4())
        self._keep_dates = keep_dates
        self._trigger: Mapping[str, Any] = function.trigger
        self._client = CosmosClient.from_connection_string(
            connection(function.name, self._trigger["connection"])
        )
        self._monitored = self._container(
            self._trigger["databaseName"], self._trigger["containerName"]
        )
        self._watched: Watched | None = None
        self._listening: asyncio.Task[None] | None = None
        self._owned: dict[str, tuple[Lease, asyncio.Task[None]]] = {}
        self.ready = asyncio.Event()

    async def start(self) -> None:
        """Begin to listen; `ready` is set once the container and its leases were reached."""
        self._listening = asyncio.create_task(self._listen())

    async def stop(self) -> None:
        """End, cut off the batches that still run, and leave all other leases to others."""
        owned = list(self._owned.values())
        leaving = [task for lease, task in owned if not lease.running]
        if leaving:
            await asyncio.wait(leaving, timeout=LEAVING)
        tasks = [task for task in (self._listening, *(task for _, task in owned)) if task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._client.close()

    async def _listen(self) -> None:
        while not await self._is_connected():
            continue
        every = seconds(self._function, "leaseAcquireInterval", 13_000) / self._invoker.pace
        while not self._invoker.closing.is_set():
            try:
                await self._balance(await self._opened())
            except AzureError as error:
                await self._complain(error)
                continue
            self.ready.set()
            await asyncio.sleep(every)

    async def _is_connected(self) -> bool:
        """Connect; False, after a while, when the store does not answer: it may start beside the host."""
        try:
            await self._client.__aenter__()
        except AzureError as error:
            await self._complain(error)
            return False
        return True

    async def _opened(self) -> Watched:
        """Give what is watched, with its leases, which are made when this is the first start."""
        if self._watched is None:
            database = self._trigger.get("leaseDatabaseName") or self._trigger["databaseName"]
            rid = (await self._monitored.read())["_rid"]
            feed = Feed(self._monitored, rid)
            pace = self._invoker.pace
            store = LeaseStore(
                self._container(database, self._trigger.get("leaseContainerName") or "leases"),
                await self._prefix(rid),
                self._owner,
                seconds(self._function, "leaseExpirationInterval", 60_000) / pace,
                pace,
            )
            await store.prepare(await feed.ranges())
            self._watched = Watched(self._function, self._invoker, store, feed, self._keep_dates)
        return self._watched

    async def _prefix(self, rid: str) -> str:
        """Give what the ids of leases begin with: whose they are is the account and the container."""
        named = resolve(self._function.name, self._trigger.get("leaseContainerPrefix") or "")
        account = urlsplit(self._client.client_connection.url_connection).hostname
        monitored = resolve(self._function.name, self._trigger["databaseName"])
        database = await self._client.get_database_client(monitored).read()
        return f"{named}{account}_{database['_rid']}_{rid}"

    async def _balance(self, watched: Watched) -> None:
        leases = await watched.store.all()
        # Behind the leases: none of them is of ranges that are not known here yet.
        watched.ranges = await watched.feed.ranges()
        others = [lease for lease in leases if lease.id not in self._owned]
        mine = [Holding(id_, self._owner) for id_ in self._owned]
        chosen = to_take([*mine, *(lease.holding() for lease in others)], self._owner)
        for lease in others:
            if lease.id in chosen and await lease.take():
                self._owned[lease.id] = lease, asyncio.create_task(self._own(watched, lease))

    async def _own(self, watched: Watched, lease: Lease) -> None:
        try:
            await work(watched, lease)
        finally:
            del self._owned[lease.id]

    def _container(self, database: str, name: str) -> ContainerProxy:
        here = self._function.name
        return self._client.get_database_client(resolve(here, database)).get_container_client(
            resolve(here, name)
        )

    async def _complain(self, error: Exception) -> None:
        complain(self._function, error)
        await asyncio.sleep(PAUSE)
