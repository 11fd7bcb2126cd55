"""A host of a simulation: the roles as they are deployed, called as the platform calls them."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from operator import attrgetter
from typing import Any

from pydantic_core import to_json

from consumers.causing import event_processor
from consumers.deadlines import Deadlines
from consumers.projections import Projections
from consumers.reactions import Reactions
from consumers.rebuild import Rebuild
from shared.domain import domain
from shared.kernel.commit import to_item
from shared.kernel.dispatching import dispatcher
from shared.kernel.domain import Domain
from shared.kernel.errors import OnewriteError
from shared.kernel.generation_rows import GenerationRows
from shared.kernel.ports import Log
from shared.kernel.snapshot import Snapshots
from single_publisher.publish import Publisher
from single_publisher.sweep import Sweep
from tests.simulation.calls import Calls
from tests.simulation.cloud import Claim, Cloud, SimFeed
from tests.simulation.ports import SimLog, SimParking, SimProgress, SimRows, SimStore
from tests.simulation.weather import Weather

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
AGE = timedelta(seconds=0.5)
GRACE = timedelta(seconds=5)
BATCH = 8
SNAPSHOT_EVERY = 4
EXPIRY = timedelta(seconds=5)


def now() -> datetime:
    """Tell the virtual time."""
    return NOON + timedelta(seconds=asyncio.get_running_loop().time())


@cache
def snapshots_of(category: str, number: int) -> Snapshots[Any]:
    """Give the snapshots of a schema; to read them takes a validator, which is dear to make."""
    state = type(domain.category(category).decider.initial_state)
    return Snapshots(f"{category}/{number}", state, every=SNAPSHOT_EVERY)


def deployed(dice: random.Random) -> Domain:
    """Choose a version of the deployment: they differ in the schemas of their snapshots, and in how they count."""
    categories = []
    for category in domain.categories:
        snapshots = snapshots_of(category.name, dice.choice([8, 9]))
        categories.append(replace(category, snapshots=snapshots))
    receptors, deadlines = (
        list(domain.receptors),
        [replace(d, after=EXPIRY) for d in domain.deadlines],
    )
    dice.shuffle(receptors)
    return replace(
        domain,
        categories=tuple(categories),
        receptors=tuple(receptors),
        deadlines=tuple(deadlines),
    )


@dataclass
class Host:
    """One process with every role; after a crash another starts under its name."""

    name: str
    cloud: Cloud
    weather: Weather
    tasks: set[asyncio.Task[Any]] = field(default_factory=set)
    strange: list[str] = field(default_factory=list)

    def start(self) -> None:
        """Assemble everything anew, and begin to work."""
        self.calls = Calls(self.name, self.weather, self.crash)
        dice, cloud = self.weather.dice, self.cloud
        store = SimStore(self.calls, cloud.store, self.detached)
        parking = SimParking(self.calls, cloud.parking)
        rows = SimRows(self.calls, cloud.rows, cloud.back)
        log = SimLog(self.calls, cloud.log, cloud.lost, cloud.lost_once)

        async def give_log() -> Log:
            return log

        version = deployed(dice)
        self.dispatcher = dispatcher(version, store, self._pause)
        processor = event_processor(version, self.dispatcher, now, self._pause)
        self.reactions = Reactions(version, processor, store, parking, now)
        served = GenerationRows(rows, attrgetter("serving"), now)
        feed, progress = SimFeed(cloud, dice), SimProgress(self.calls, cloud.progress)
        self.deadlines = Deadlines(
            *(version.deadlines, served, store, self.dispatcher, parking, progress), now
        )
        self.publisher = Publisher(log, store, parking, now)
        self.projections = Projections(domain.views, rows, store, parking, give_log, now)
        self.rebuild = Rebuild(self.projections, feed, progress, now, GRACE)
        self.sweep = Sweep(
            feed=feed,
            progress=progress,
            rows=GenerationRows(rows, attrgetter("oldest"), now),
            parking=parking,
            publisher=self.publisher,
            views=domain.views,
            consumers=("single_publisher", "projections"),
            now=now,
            age=AGE,
        )
        for number, lease in enumerate(cloud.leases):
            self.spawn(self._watch(lease, self._publish, number))
        for number, partition in enumerate(cloud.partitions):
            self.spawn(self._watch(partition, self._project, number))
        for number, partition in enumerate(cloud.reacting):
            self.spawn(self._watch(partition, self._react, number))
        self.spawn(self._call_off())
        self.spawn(self._rebuild())
        # Where nothing is lost, nothing may need the sweep.
        if self.weather.lossy:
            self.spawn(self._sweep())

    def crash(self) -> None:
        """Die in the middle of whatever goes on; another process starts a little later."""
        if not self.calls.alive:
            return
        self.calls.alive = False
        for task in self.tasks:
            task.cancel()
        self.tasks = set()
        asyncio.get_running_loop().call_later(self.weather.dice.uniform(0.05, 0.5), self.start)

    def spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run something as part of this host: it ends with it."""
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return task

    def detached(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run something that has left the host already."""
        late.add(task := asyncio.create_task(work))
        task.add_done_callback(late.discard)

    async def _pause(self, attempt: int) -> None:
        await asyncio.sleep(self.weather.dice.uniform(0, min(0.5, 0.01 * 2**attempt)))

    async def _watch(
        self, claim: Claim, work: Callable[[Claim, int], Awaitable[bool]], number: int
    ) -> None:
        """Take what is free, now and then what is not, and work on what is one's own."""
        dice = self.weather.dice
        while True:
            if claim.owner is None or self.weather.strikes("theft", self.weather.thefts):
                claim.take(self.name)
            if claim.owner != self.name or not await work(claim, number):
                await claim.wait(dice.uniform(0.05, 0.5))
            if not self.calls.alive:
                return

    async def _publish(self, lease: Claim, number: int) -> bool:
        waiting = self.cloud.range_of(number)[lease.position :]
        batch = waiting[: self.weather.dice.randint(1, BATCH)]
        if not batch:
            return False
        lease.begin()
        tag, end = lease.tag, lease.position + len(batch)
        items = [to_item(commit) for commit in batch]
        self.weather.dice.shuffle(items)
        documents = to_json(items).decode()
        await self._for_ever(lambda: self.publisher.publish(documents))
        lease.advance(tag, end)
        return True

    async def _project(self, partition: Claim, number: int) -> bool:
        return await self._consume(partition, number, self._rows_of)

    async def _rows_of(self, batch: Sequence[bytes]) -> None:
        await self.projections.project(batch)
        # With the end of the call the platform counts the batch as done: nobody looks at it again.
        self.strange += self.cloud.unseen(batch)

    async def _react(self, partition: Claim, number: int) -> bool:
        return await self._consume(partition, number, self.reactions.react)

    async def _consume(
        self, partition: Claim, number: int, work: Callable[[Sequence[bytes]], Awaitable[None]]
    ) -> bool:
        waiting = self.cloud.log.messages[number][partition.position :]
        batch = waiting[: self.weather.dice.randint(1, BATCH)]
        if not batch:
            return False
        partition.begin()
        tag, end = partition.tag, partition.position + len(batch)
        await self._for_ever(lambda: work(batch))
        if partition.advance(tag, end) and self.weather.strikes("rewind", self.weather.failures):
            partition.position = max(0, end - self.weather.dice.randint(1, 10))
        return True

    async def _for_ever(self, work: Callable[[], Awaitable[None]]) -> None:
        """The retry policy without an end."""
        while True:
            try:
                await work()
            except (OnewriteError, BaseExceptionGroup) as error:
                self._check(error)
                await asyncio.sleep(self.weather.dice.uniform(0.05, 0.3))
            else:
                return

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(self.weather.dice.uniform(0.3, 1))
            await self._timed(self.sweep.run(seconds=1e9))

    async def _call_off(self) -> None:
        while True:
            await asyncio.sleep(self.weather.dice.uniform(1, 3))
            await self._timed(self.deadlines.run(seconds=1e9))

    async def _rebuild(self) -> None:
        while True:
            await asyncio.sleep(self.weather.dice.uniform(0.3, 1))
            if self.weather.strikes("rebuild", self.weather.rebuilds):
                await self._timed(self.rebuild.begin(self.weather.dice.choice(domain.views)))
            await self._timed(self.rebuild.run(seconds=1e9))

    async def _timed(self, run: Awaitable[object]) -> None:
        """A timer that fails is called again when it is due again."""
        try:
            await run
        except (OnewriteError, BaseExceptionGroup) as error:
            self._check(error)

    def _check(self, error: BaseException) -> None:
        """Only what may pass may end a call of a role."""
        inner = error.exceptions if isinstance(error, BaseExceptionGroup) else [error]
        for one in inner:
            if not isinstance(one, OnewriteError) or not one.transient:
                self.strange.append(f"{self.name} met {one!r}")


late: set[asyncio.Task[Any]] = set()
