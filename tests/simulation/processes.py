"""A process of a simulation: the roles as they are deployed, called as the platform calls them."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

from pydantic_core import to_json

from shared.adapters.cosmos.codec import to_item
from shared.kernel.errors import NewerCode, OnewriteError, leaves, may_pass
from shared.kernel.ports import NumberedMessage
from tests.simulation.calls import Calls
from tests.simulation.cloud import Claim, Cloud
from tests.simulation.polling import Follower
from tests.simulation.roles import assemble
from tests.simulation.virtual_time import sleep
from tests.simulation.weather import Weather

BATCH, BACK = 8, 10
OLDER = 0.3
"""So many processes run code that does not know what newer code writes, where there is such."""
WAITED = timedelta(seconds=0.5)

late: set[asyncio.Task[Any]] = set()
"""What has left its host already: it arrives whatever becomes of the host."""


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
        if self.weather.newer:
            # Somebody runs the newer code at any time, or nobody could be told anything.
            self.calls.older = self.weather.dice.random() < OLDER and self.name != "host-0"
        if self.name != "host-0" and self.weather.dice_of(self.weather.miscounts):
            self.weather.befalls(self.name, "counts partitions otherwise")
            self.calls.partitions -= 1
        cloud, version = self.cloud, self.cloud.deployed(self.weather.dice)
        self.calls.tell(f"starts with {', '.join(c.snapshots.schema for c in version.categories)}")
        self.roles = assemble(version, cloud, self.calls, self.pause, self.detached)
        if "info" in cloud.trigger.beside:
            self._listen()
        else:
            self.spawn(self._prepare())
        for reader, claims in cloud.readers.items():
            work = partial(self._consume, reader)
            for number, claim in enumerate(claims):
                self.spawn(self._watch(claim, work, number, f"{reader} {number}"))
        self.spawn(self._call_off())
        self.spawn(self._rebuild())
        self.spawn(self._catch_up())
        if cloud.following:
            self.follower = Follower(self, cloud.following)
            self.spawn(self.follower.poll())
            self.spawn(self.follower.hear())
            self.spawn(self._fill())
        # Where nothing is lost, nothing may need the sweep.
        if self.weather.lossy:
            self.spawn(self._sweep())

    async def _prepare(self) -> None:
        """Begin with the feed once its leases are made, here or on another host."""
        trigger = self.cloud.trigger
        if await trigger.wait():
            if trigger.dies:
                trigger.dies = False
                self.weather.befalls(self.name, "dies while it makes leases")
                self.crash()
                return
            self.cloud.make_leases()
        self._listen()

    def _listen(self) -> None:
        for number, lease in sorted(self.cloud.trigger.leases.items()):
            self.spawn(self._watch(lease, self._publish, number, f"lease {number}"))

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

    async def pause(self, attempt: int) -> None:
        await sleep(self.weather.dice.uniform(0, min(0.5, 0.01 * 2**attempt)))

    async def _watch(
        self, claim: Claim, work: Callable[[Claim, int], Awaitable[bool]], number: int, what: str
    ) -> None:
        """Take what is free, now and then what is not, and work on what is one's own."""
        weather = self.weather
        while not (self.retired or claim.gone):
            if claim.owner is None or weather.strikes(self.name, "theft", weather.thefts, what):
                claim.take(self.name)
            if claim.owner != self.name:
                await claim.wait(weather.dice.uniform(0.8, 3.2))
            elif not await work(claim, number):
                await sleep(weather.dice.uniform(0.05, 0.5))
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
        await self._for_ever(lambda: self.roles.publisher.publish(documents))
        lease.advance(tag, end)
        return True

    async def _take(self, reader: str, batch: Sequence[NumberedMessage]) -> None:
        known = self.cloud.generations()
        await self.roles.followers[reader].take(batch)
        if reader == "projections":
            # With the end of the call the platform counts the batch as done: nobody looks at it again.
            self.strange += self.cloud.unseen([one.body for one in batch], known)

    async def _consume(self, reader: str, partition: Claim, number: int) -> bool:
        bodies, begin = self.cloud.messages(reader, number), partition.position
        end = min(len(bodies), begin + self.weather.dice.randint(1, BATCH))
        if begin == end or self.cloud.held == reader:
            return False
        partition.begin(self.weather.dice)
        tag, back = partition.tag, f"{reader} {number}"
        batch = list(map(NumberedMessage, range(begin, end), bodies[begin:end]))
        # The platform takes its checkpoint whatever became of the batch: whoever reads has to notice.
        if not self.weather.strikes(self.name, "passed over", self.weather.passes, back):
            await self._for_ever(lambda: self._take(reader, batch))
        if partition.advance(tag, end) and self.weather.strikes(
            self.name, "rewind", self.weather.rewinds, back
        ):
            partition.position = max(0, end - self.weather.dice.randint(1, BACK))
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

    async def _catch_up(self) -> None:
        while not self.retired:
            await sleep(self.weather.dice.uniform(1, 3))
            for reader in self.cloud.readers:
                if reader != self.cloud.held:
                    await self._timed(self.roles.followers[reader].catch_up(WAITED))

    async def _sweep(self) -> None:
        while not self.retired:
            await sleep(self.weather.dice.uniform(1, 3))
            await self._timed(self._swept())

    async def _swept(self) -> None:
        swept = await self.roles.sweep.run(seconds=0 if self.cloud.hurried else 1e9)
        if swept.errors:
            raise BaseExceptionGroup("not everything was swept", swept.errors)

    async def _call_off(self) -> None:
        while not self.retired:
            await sleep(self.weather.dice.uniform(2, 4))
            await self._timed(self.roles.deadlines.run(seconds=1e9))

    async def _rebuild(self) -> None:
        weather = self.weather
        while not self.retired:
            await sleep(weather.dice.uniform(0.8, 2.4))
            view = weather.dice.choice(self.cloud.domain.kept_views)
            if weather.strikes(self.name, "rebuild", weather.rebuilds, view.name):
                await self._timed(self.roles.rebuild.begin(view))
            await self._timed(self.roles.rebuild.run(seconds=1e9))

    async def _fill(self) -> None:
        while not self.retired:
            await sleep(self.weather.dice.uniform(0.8, 2.4))
            await self._timed(self.roles.filling.run(seconds=1e9))

    async def _timed(self, run: Awaitable[object]) -> None:
        """A timer that fails is called again when it is due again."""
        try:
            await run
        except (OnewriteError, BaseExceptionGroup) as error:
            self._check(error)

    def _check(self, error: BaseException) -> None:
        """Only what may pass may end a call of a role."""
        for one in leaves(error):
            # What one event meets is tried again if a part of it may pass.
            newer = isinstance(one, NewerCode) and may_pass(error)
            if not isinstance(one, OnewriteError) or not (one.transient or newer):
                self.strange.append(f"{self.name} met {one!r}")
