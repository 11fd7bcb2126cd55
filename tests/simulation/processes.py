"""A process of a simulation: the roles as they are deployed, called as the platform calls them."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
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
from shared.kernel.errors import OnewriteError
from shared.kernel.generation_rows import GenerationRows
from shared.kernel.ports import Log
from single_publisher.publish import Publisher
from single_publisher.sweep import Sweep
from tests.simulation.calls import Calls
from tests.simulation.cloud import Claim, Cloud
from tests.simulation.deployments import deployed
from tests.simulation.ports import SimFeed, SimLog, SimParking, SimProgress, SimRows, SimStore
from tests.simulation.virtual_time import sleep
from tests.simulation.weather import Weather

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
AGE = timedelta(seconds=0.5)
GRACE = timedelta(seconds=5)
BATCH = 8
PAGE = 2
"""Rows that a look for deadlines takes at a time."""

late: set[asyncio.Task[Any]] = set()
"""What has left its host already: it arrives whatever becomes of the host."""


def now() -> datetime:
    """Tell the virtual time."""
    return NOON + timedelta(seconds=asyncio.get_running_loop().time())


@dataclass
class Process:
    """Every role, assembled anew; `crash` ends it and all that goes on in it."""

    name: str
    cloud: Cloud
    weather: Weather
    strange: list[str]
    crashed: Callable[["Process"], object]
    retired: bool = False
    # In the order in which they began: a set of tasks has another order each time.
    tasks: dict[asyncio.Task[Any], None] = field(default_factory=dict)

    def start(self) -> None:
        """Assemble everything, and begin to work."""
        self.calls = Calls(self.name, self.weather, self.crash)
        cloud, version = self.cloud, deployed(self.weather.dice)
        self.calls.tell(f"starts with {', '.join(c.snapshots.schema for c in version.categories)}")
        store = SimStore(self.calls, cloud, self.detached)
        parking = SimParking(self.calls, cloud.parking)
        rows = SimRows(self.calls, cloud.rows, cloud.back)
        log = SimLog(self.calls, cloud.log, cloud.lost, cloud.lost_once)

        async def give_log() -> Log:
            return log

        self.dispatcher = dispatcher(version, store, self._pause)
        processor = event_processor(version, self.dispatcher, now, self._pause)
        self.reactions = Reactions(version, processor, store, parking, now)
        served = GenerationRows(rows, attrgetter("serving"), now)
        feed, progress = SimFeed(self.calls, cloud), SimProgress(self.calls, cloud.progress)
        self.deadlines = Deadlines(
            *(version.deadlines, served, store, self.dispatcher, parking, progress), now, PAGE
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
            self.spawn(self._watch(lease, self._publish, number, f"lease {number}"))
        for number, partition in enumerate(cloud.partitions):
            self.spawn(self._watch(partition, self._project, number, f"partition {number}"))
        for number, partition in enumerate(cloud.reacting):
            self.spawn(self._watch(partition, self._react, number, f"reactions {number}"))
        self.spawn(self._call_off())
        self.spawn(self._rebuild())
        # Where nothing is lost, nothing may need the sweep.
        if self.weather.lossy:
            self.spawn(self._sweep())

    def crash(self) -> None:
        """Die in the middle of whatever goes on."""
        if not self.calls.alive:
            return
        self.calls.alive = False
        for task in self.tasks:
            task.cancel()
        self.tasks = {}
        self.crashed(self)

    def spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run something as part of this process: it ends with it."""
        task = asyncio.create_task(work)
        self.tasks[task] = None
        task.add_done_callback(lambda done: self.tasks.pop(done, None))
        return task

    def detached(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run something that has left the process already."""
        late.add(task := asyncio.create_task(work))
        task.add_done_callback(late.discard)

    async def _pause(self, attempt: int) -> None:
        await sleep(self.weather.dice.uniform(0, min(0.5, 0.01 * 2**attempt)))

    async def _watch(
        self, claim: Claim, work: Callable[[Claim, int], Awaitable[bool]], number: int, what: str
    ) -> None:
        """Take what is free, now and then what is not, and work on what is one's own."""
        weather = self.weather
        while not self.retired:
            if claim.owner is None or weather.strikes(self.name, "theft", weather.thefts, what):
                claim.take(self.name)
            if claim.owner != self.name:
                await claim.wait(weather.dice.uniform(1, 4))
            elif not await work(claim, number):
                await claim.wait(weather.dice.uniform(0.05, 0.5))
            if not self.calls.alive:
                return

    async def _publish(self, lease: Claim, number: int) -> bool:
        waiting = self.cloud.range_of(number)[lease.position :]
        batch = waiting[: self.weather.dice.randint(1, BATCH)]
        if not batch:
            return False
        lease.begin(self.weather.dice)
        tag, end = lease.tag, lease.position + len(batch)
        items = [to_item(commit) for commit in batch]
        self.weather.dice.shuffle(items)
        documents = to_json(items).decode()
        await self._for_ever(lambda: self.publisher.publish(documents))
        lease.advance(tag, end)
        return True

    async def _project(self, partition: Claim, number: int) -> bool:
        return await self._consume(partition, number, "projections", self._rows_of)

    async def _rows_of(self, batch: Sequence[bytes]) -> None:
        await self.projections.project(batch)
        # With the end of the call the platform counts the batch as done: nobody looks at it again.
        self.strange += self.cloud.unseen(batch)

    async def _react(self, partition: Claim, number: int) -> bool:
        return await self._consume(partition, number, "reactions", self.reactions.react)

    async def _consume(
        self,
        partition: Claim,
        number: int,
        consumer: str,
        work: Callable[[Sequence[bytes]], Awaitable[None]],
    ) -> bool:
        waiting = self.cloud.log.messages[number][partition.position :]
        batch = waiting[: self.weather.dice.randint(1, BATCH)]
        if not batch or self.cloud.held == consumer:
            return False
        partition.begin(self.weather.dice)
        tag, end = partition.tag, partition.position + len(batch)
        await self._for_ever(lambda: work(batch))
        back = f"{consumer} {number}"
        if partition.advance(tag, end) and self.weather.strikes(
            self.name, "rewind", self.weather.failures, back
        ):
            partition.position = max(0, end - self.weather.dice.randint(1, 10))
        return True

    async def _for_ever(self, work: Callable[[], Awaitable[None]]) -> None:
        """The retry policy without an end."""
        while True:
            try:
                await work()
            except (OnewriteError, BaseExceptionGroup) as error:
                self._check(error)
                await sleep(self.weather.dice.uniform(0.05, 0.3))
            else:
                return

    async def _sweep(self) -> None:
        while not self.retired:
            await sleep(self.weather.dice.uniform(1, 3))
            await self._timed(self.sweep.run(seconds=1e9))

    async def _call_off(self) -> None:
        while not self.retired:
            await sleep(self.weather.dice.uniform(2, 4))
            await self._timed(self.deadlines.run(seconds=1e9))

    async def _rebuild(self) -> None:
        weather = self.weather
        while not self.retired:
            await sleep(weather.dice.uniform(1, 3))
            view = weather.dice.choice(domain.views)
            if weather.strikes(self.name, "rebuild", weather.rebuilds, view.name):
                await self._timed(self.rebuild.begin(view))
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
