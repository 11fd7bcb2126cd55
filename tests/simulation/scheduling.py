"""Worlds of scheduled commands: hosts that die and stall keep them, hand them over, and cancel them.

Some are sent at once as well, under the same key: those wait in the mailbox.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import azure.functions as func

from command_api.composition import Application
from consumers.mailbox import Mailbox
from consumers.scheduled_commands import Schedule
from shared.adapters.identity.actor import PRINCIPAL, Actors
from shared.adapters.memory import MemoryLog
from shared.kernel.commands.dispatcher import dispatcher
from shared.kernel.errors import OnewriteError
from shared.kernel.messages.commit import timestamp
from tests.command_api.calls import assembled, get_outcome, post, post_command, told
from tests.command_api.scheduling import cancel
from tests.kernel.lending import BOOK, lending
from tests.simulation.calls import Calls
from tests.simulation.cloud import Cloud
from tests.simulation.keeping import SimOutcomes, SimParking
from tests.simulation.ports import SimRows, SimStore
from tests.simulation.virtual_time import now, sleep
from tests.simulation.weather import Weather

COMMANDS, HOSTS, CALM = 8, 2, 30.0
PATIENCE = 3.0
"""Seconds that a client waits for an answer."""
WANTED = ("borrow", "add-note", "renew", "give-back")


@dataclass
class Host:
    """The API and the timer in one process, which is another one after each death."""

    name: str
    cloud: Cloud
    weather: Weather
    hub: MemoryLog
    tasks: set[asyncio.Task[Any]] = field(default_factory=set)
    met: list[str] = field(default_factory=list)

    def start(self) -> None:
        """Assemble everything, and look for what is due now and then."""
        self.calls = calls = Calls(self.name, self.weather, self._die)
        store = SimStore(calls, self.cloud, self._spawn)
        rows, outcomes = (
            SimRows(calls, self.cloud.rows, []),
            SimOutcomes(calls, self.cloud.outcomes),
        )
        deciding = dispatcher(lending, store, now, self._pause)
        parking = SimParking(calls, self.cloud.parking)
        self.mailbox = Mailbox(lending, deciding, outcomes, parking, now, self._pause)

        async def give_rows() -> SimRows:
            return rows

        async def give_hub() -> MemoryLog:
            return self.hub

        self.api: Application = replace(
            assembled(lending, store),
            dispatcher=deciding,
            rows=rows,
            outcomes=outcomes,
            scheduled=give_rows,
            mailbox=give_hub,
            now=now,
            actors=Actors(signs_in=True),
        )
        self._spawn(self._look(Schedule(rows, self.mailbox, outcomes, now, page=3)))

    async def _look(self, schedule: Schedule) -> None:
        while True:
            await sleep(self.weather.dice.uniform(0.2, 1.5))
            try:
                await schedule.run(seconds=1e9)
            except* OnewriteError as group:
                # The timer comes again; what will never go well may not stop it.
                self.met += [repr(one) for one in group.exceptions if not _passes(one)]

    async def deliver(self, messages: list[bytes]) -> bool:
        """Bring what waits in the mailbox to this host, and tell whether all of it was handled."""
        task = self._spawn(self.mailbox.handle(messages))
        await asyncio.wait({task})
        return not task.cancelled() and task.exception() is None

    async def answer(
        self, asking: Callable[[Application], Awaitable[func.HttpResponse]]
    ) -> func.HttpResponse | None:
        """Ask this host, and give up after a while."""
        task = self._spawn(_asked(asking, self.api))
        await asyncio.wait({task}, timeout=PATIENCE)
        if not task.done():
            task.cancel()
            return None
        return None if task.cancelled() else task.result()

    def _spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        self.tasks.add(task := asyncio.create_task(work))
        task.add_done_callback(self.tasks.discard)
        return task

    def _die(self) -> None:
        self.calls.alive = False
        for task in self.tasks:
            task.cancel()
        self.tasks = set()
        self.start()

    async def _pause(self, _attempt: int) -> None:
        await sleep(0.05)


async def _asked(
    asking: Callable[[Application], Awaitable[func.HttpResponse]], api: Application
) -> func.HttpResponse:
    return await asking(api)


def _passes(error: BaseException) -> bool:
    return isinstance(error, BaseExceptionGroup) or getattr(error, "transient", False)


@dataclass
class Kept:
    """A command that a client was told is kept: when it is due, by whom it is, and what was told of its end."""

    due: datetime
    actor: str
    at_once: bool = False
    cancelled: bool = False
    too_late: bool = False


@dataclass
class World:
    """Clients that schedule commands for one book, and cancel some of them."""

    dice: random.Random
    cloud: Cloud = field(default_factory=Cloud)
    kept: dict[str, Kept] = field(default_factory=dict)
    hub: MemoryLog = field(default_factory=lambda: MemoryLog(partitions=1))

    async def run(self) -> list[str]:
        """Let clients ask; when the weather is calm and all is done, name what is wrong."""
        weather = Weather(self.dice, 0.06, 0.02, 0.0, 0.0, 0.04, 0.0, 0.0, 0.0, tells=False)
        self.hosts = [
            Host(f"host-{number}", self.cloud, weather, self.hub) for number in range(HOSTS)
        ]
        for host in self.hosts:
            host.start()
        delivery = asyncio.create_task(self._deliver())
        await asyncio.gather(*(self._client(number) for number in range(COMMANDS)))
        weather.failures = weather.crashes = weather.stalls = 0.0
        await sleep(CALM)
        delivery.cancel()
        met = [one for host in self.hosts for one in host.met]
        return [*met, *[wrong for key in self.kept for wrong in await self._wrong(key)]]

    async def _deliver(self) -> None:
        """Bring what waits in the mailbox to any host, again and again until it is handled."""
        handled = 0
        while True:
            await sleep(self.dice.uniform(0.1, 1.0))
            waiting = self.hub.messages[0]
            if handled < len(waiting):
                batch = waiting[handled : handled + 3]
                done = await self.dice.choice(self.hosts).deliver(batch)
                handled += len(batch) if done else 0

    async def _client(self, number: int) -> None:
        await sleep(self.dice.uniform(0, 2))
        key, actor = f"k{number}", self.dice.choice(["ann", "bob"])
        due = now() + timedelta(seconds=self.dice.uniform(1, 4))
        path: tuple[Any, ...] = (self.dice.choice(WANTED), {}, BOOK.id, BOOK.category)
        headers = {"Idempotency_Key": key, "Prefer": "respond-async", PRINCIPAL: actor}
        asked, at_once = post(*path, **headers, Not_Before=timestamp(due)), post(*path, **headers)
        await self._until(lambda api: post_command(asked, api), {202})
        self.kept[key] = kept = Kept(due, actor, at_once=self.dice.random() < 0.4)
        if kept.at_once:
            await sleep(self.dice.uniform(0, 3))
            await self._until(lambda api: post_command(at_once, api), {202})
        if self.dice.random() < 0.6:
            # About when it is due.
            await sleep((due - now()).total_seconds() + self.dice.uniform(-1.5, 1.5))
            status = await self._until(lambda api: cancel(_at(key, actor), api), {200, 409})
            kept.cancelled, kept.too_late = status == 200, status == 409

    async def _until(
        self, asking: Callable[[Application], Awaitable[func.HttpResponse]], wanted: set[int]
    ) -> int:
        while True:
            answer = await self.dice.choice(self.hosts).answer(asking)
            if answer is not None and answer.status_code in wanted:
                return int(answer.status_code)
            await sleep(self.dice.uniform(0.05, 0.3))

    async def _wrong(self, key: str) -> list[str]:
        kept = self.kept[key]
        status = told(await get_outcome(_at(key, kept.actor), self.hosts[0].api))["outcome"]
        commits = [one for one in self.cloud.store.commits() if one.command_id == key]
        found = [f"{key} is kept still"] if any(self.cloud.rows.all()) else []
        if kept.cancelled and (commits or status != "cancelled"):
            found.append(f"{key} was told cancelled, and is {status}")
        if kept.too_late and status not in {"done", "refused"}:
            found.append(f"{key} was told handed over, and is {status}")
        if not kept.cancelled and status not in {"done", "refused"}:
            found.append(f"{key} is {status}")
        found += [
            f"{key} was decided at {commit.time} for {commit.metadata.actor}"
            for commit in commits
            if (commit.time < timestamp(kept.due) and not kept.at_once)
            or commit.metadata.actor != kept.actor
        ]
        return found if len(commits) < 2 else [*found, f"{key} has two effects"]


def _at(key: str, actor: str) -> func.HttpRequest:
    return func.HttpRequest(
        method="GET",
        url="/api/streams",
        headers={PRINCIPAL: actor},
        params={"command-id": key},
        route_params={"stream": str(BOOK)},
        body=b"",
    )


async def run(seed: int) -> list[str]:
    """Live through a world; name what was wrong with it."""
    try:
        async with asyncio.timeout(300):
            return await World(random.Random(seed)).run()
    except TimeoutError:
        return ["it never ended"]
