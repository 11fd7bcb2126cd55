"""Delivers to one subscription: what is due, in any order, in parallel; then retry, dead letter or drop."""

import asyncio
import heapq
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from emulators.event_grid.batching import pack
from emulators.event_grid.deliveries import Deliveries, Delivery
from emulators.event_grid.schedule import EXPIRED, Outcome, end_of, wait_after
from emulators.event_grid.schemas import body_of, dead_letter, headers_of, now_text
from emulators.event_grid.subscriptions import Subscription
from emulators.event_grid.webhook import Webhooks

# What is published within this time may overtake one another, and shares batches (seconds, real clock).
WINDOW = 0.02  # guessed
AT_ONCE = 1000
PARALLEL = 32  # guessed


@dataclass(slots=True)
class Pusher:
    """The deliveries of one subscription; `pace` is how many seconds of the service pass in a real one."""

    topic: str
    name: str
    subscription: Subscription
    deliveries: Deliveries
    webhooks: Webhooks
    pace: float
    dice: random.Random
    failed: int = 0  # attempts since it runs, each event by itself
    _due: list[tuple[float, int]] = field(default_factory=list)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(PARALLEL))

    def load(self) -> None:
        """Take up what the file holds; once, and before anything is added."""
        for due, number in self.deliveries.waiting(self.topic, self.name):
            self.add(due, number)

    def add(self, due: float, number: int) -> None:
        """Take a delivery up at a time (seconds since the epoch)."""
        heapq.heappush(self._due, (due, number))
        self._changed.set()

    async def run(self) -> None:
        """Deliver until cancelled; an attempt that is cancelled is made again after a restart."""
        async with asyncio.TaskGroup() as attempts:
            while True:
                await self._wait()
                found = self.deliveries.read(self._take())
                self.dice.shuffle(found)
                for batch in pack(await self._alive(found), self.subscription.webhook):
                    await self._places.acquire()
                    attempts.create_task(self._attempt(batch))

    async def _wait(self) -> None:
        while not self._due or self._due[0][0] > time.time():
            self._changed.clear()
            waits = self._due[0][0] - time.time() if self._due else None
            try:
                async with asyncio.timeout(waits):
                    await self._changed.wait()
            except TimeoutError:
                break
        await asyncio.sleep(WINDOW)

    def _take(self) -> list[int]:
        taken: list[int] = []
        while self._due and self._due[0][0] <= time.time() and len(taken) < AT_ONCE:
            taken.append(heapq.heappop(self._due)[1])
        return taken

    async def _alive(self, found: Sequence[Delivery]) -> list[Delivery]:
        """Bury what is past its time to live; the service looks at it here and nowhere else."""
        limit = 60 * self.subscription.retry_policy.event_time_to_live_in_minutes
        for delivery in found:
            if delivery.age >= limit:
                await self._end(delivery, EXPIRED)
        return [delivery for delivery in found if delivery.age < limit]

    async def _attempt(self, batch: Sequence[Delivery]) -> None:
        begun = time.monotonic()
        tried = now_text()
        try:
            content_type, body = body_of(batch, self.subscription)
            headers = headers_of(self.name, batch, self.subscription)
            url = self.subscription.webhook.endpoint
            outcome = await self.webhooks.deliver(
                self.name, url, {**headers, "Content-Type": content_type}, body
            )
        finally:
            self._places.release()
        # Not compressed: the webhook's time is real, and a slow machine must not age its events.
        took = time.monotonic() - begun
        async with asyncio.TaskGroup() as settling:
            for delivery in batch:
                after = replace(
                    delivery,
                    attempts=delivery.attempts + 1,
                    age=delivery.age + took,
                    tried=tried,
                    outcome=outcome.name,
                    status=outcome.status,
                )
                settling.create_task(self._settle(after, outcome))

    async def _settle(self, delivery: Delivery, outcome: Outcome) -> None:
        if outcome.is_delivered:
            await self.deliveries.finish(delivery)
            return
        self.failed += 1
        most = self.subscription.retry_policy.max_delivery_attempts
        reason = end_of(outcome, delivery.attempts, most)
        if reason is not None:
            await self._end(delivery, reason)
            return
        wait = wait_after(outcome, delivery.attempts, self.dice)
        due = time.time() + wait / self.pace
        await self.deliveries.postpone(delivery, delivery.age + wait, due)
        self.add(due, delivery.number)

    async def _end(self, delivery: Delivery, reason: str) -> None:
        if self.subscription.dead_letter_destination is None:
            await self.deliveries.drop(self.topic, self.name, delivery)
        else:
            letter = dead_letter(delivery, self.subscription, reason)
            await self.deliveries.bury(self.topic, self.name, delivery, letter)
