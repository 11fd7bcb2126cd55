"""The subscriptions in force: validated, kept in the file, each with its deliveries under way."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from emulators.event_grid import subscription_rows
from emulators.event_grid.deliveries import Deliveries
from emulators.event_grid.delivery import Pusher
from emulators.event_grid.errors import EventGridError
from emulators.event_grid.filters import matches
from emulators.event_grid.ingest import Event
from emulators.event_grid.schemas import now_text
from emulators.event_grid.subscriptions import Subscription, parse_subscription
from emulators.event_grid.topics import Topic
from emulators.event_grid.webhook import Webhooks

type Key = tuple[str, str]
type Validate = Callable[[Topic, str, Subscription], Awaitable[None]]

PAUSE = 1.0  # between the handshakes of a described subscription, whose webhook may not be up yet


@dataclass(slots=True)
class Registry:
    """All subscriptions of all topics."""

    topics: Mapping[str, Topic]
    deliveries: Deliveries
    webhooks: Webhooks
    validate: Validate
    pace: float
    seed: int
    _running: dict[Key, tuple[Pusher, asyncio.Task[None]]] = field(default_factory=dict)
    _coming: dict[Key, asyncio.Task[None]] = field(default_factory=dict)
    _refusals: dict[Key, str] = field(default_factory=dict)
    _changing: asyncio.Lock = field(default_factory=asyncio.Lock)

    def start(self) -> None:
        """Go on with what the file holds, and ask the webhooks of what is described besides."""
        kept = subscription_rows.load(self.deliveries.database)
        for (of, name), properties in kept.items():
            if of in self.topics:
                self._run(
                    self.topics[of], name, parse_subscription(self.topics[of], name, properties)
                )
        for topic in self.topics.values():
            for name, properties in topic.described.items():
                described = parse_subscription(topic, name, properties)
                if kept.get((topic.name, name)) != described.stored():
                    waiting = self._introduce(topic, name, described)
                    self._coming[topic.name, name] = _task(waiting)

    async def put(self, topic: Topic, name: str, properties: object) -> None:
        """Make or replace a subscription; raises EventGridError, and the earlier one stays."""
        subscription = parse_subscription(topic, name, properties)
        await self._forget_introduction((topic.name, name))
        await self._take(topic, name, subscription)

    async def delete(self, topic: Topic, name: str) -> None:
        """Forget a subscription and what waits for it."""
        key = topic.name, name
        await self._forget_introduction(key)
        async with self._changing:
            await self._stop(key)
            await subscription_rows.forget(self.deliveries.database, *key)

    async def accept(self, topic: Topic, events: Sequence[Event]) -> None:
        """Keep events for those whose filters they pass; returns when that is durable."""
        async with self._changing:
            pushers = {
                name: self._running[of, name][0] for of, name in self._running if of == topic.name
            }
            addressed = [(event, _addressees(event, pushers.values())) for event in events]
            due = time.time()
            made = await self.deliveries.accept(topic.name, addressed, now_text(), due)
        for name, numbers in made.items():
            for number in numbers:
                pushers[name].add(due, number)

    def names(self, topic: Topic) -> list[str]:
        """List the subscriptions of a topic, with those whose webhook has not agreed yet."""
        return sorted({name for of, name in (*self._running, *self._coming) if of == topic.name})

    def shown(self, topic: Topic, name: str) -> dict[str, Any]:
        """Show a subscription and how it fares; raises EventGridError 404 when there is none."""
        key = topic.name, name
        if key in self._running:
            pusher = self._running[key][0]
            properties = pusher.subscription.shown()
            properties["provisioningState"] = "Succeeded"
            counts = subscription_rows.counts(self.deliveries.database, *key)
            counts["failedAttempts"] = pusher.failed
            return {"name": name, "properties": properties, **counts}
        if key in self._coming:
            state = {"provisioningState": "Creating", "refusal": self._refusals.get(key)}
            return {"name": name, "properties": state}
        raise EventGridError(404, f"The topic {topic.name!r} has no subscription {name!r}.")

    async def close(self) -> None:
        """Stop delivering; what is under way is delivered again after a restart."""
        for key in list(self._coming):
            await self._forget_introduction(key)
        for key in list(self._running):
            await self._stop(key)

    async def _introduce(self, topic: Topic, name: str, subscription: Subscription) -> None:
        while True:
            try:
                await self._take(topic, name, subscription)
            except EventGridError as error:
                self._refusals[topic.name, name] = error.sentence
                await asyncio.sleep(PAUSE)
            else:
                del self._coming[topic.name, name]
                return

    async def _take(self, topic: Topic, name: str, subscription: Subscription) -> None:
        await self.validate(topic, name, subscription)
        async with self._changing:
            database = self.deliveries.database
            await subscription_rows.save(database, topic.name, name, subscription.stored())
            await self._stop((topic.name, name))
            self._run(topic, name, subscription)

    def _run(self, topic: Topic, name: str, subscription: Subscription) -> None:
        dice = random.Random(f"{self.seed}/{topic.name}/{name}")  # noqa: S311 - dice, not secrets
        pusher = Pusher(
            *(topic.name, name, subscription, self.deliveries, self.webhooks, self.pace, dice)
        )
        pusher.load()
        self._running[topic.name, name] = pusher, _task(pusher.run())

    async def _stop(self, key: Key) -> None:
        if key in self._running:
            await _cancel(self._running.pop(key)[1])

    async def _forget_introduction(self, key: Key) -> None:
        self._refusals.pop(key, None)
        if key in self._coming:
            await _cancel(self._coming.pop(key))


def _addressees(event: Event, pushers: Iterable[Pusher]) -> list[str]:
    return [pusher.name for pusher in pushers if matches(pusher.subscription.filter, event)]


def _task(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    task = asyncio.create_task(work)
    # Nobody waits for it: what goes wrong in it goes to the loop's exception handler at once.
    task.add_done_callback(lambda done: None if done.cancelled() else done.result())
    return task


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait([task])
