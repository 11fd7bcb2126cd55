"""A local stack whose telemetry is taken, with a hand on its services: what drills are held on."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, Final

import aiohttp

from emulators.tests.serving import FaultsClient
from emulators.tests.waiting import until, until_true
from shared.adapters.otel.metric_names import FAILURES, TIMER_RUNS
from tests.infra.kusto import Engine, Rows
from tests.local.api import Api
from tests.local.running import Running
from tests.telemetry.alerting import Point, Rule, rings_over_places, rings_over_points, rules
from tests.telemetry.breeze import Breeze, rows

QUERIES: Final = rules("scheduledQueryRules")
METRICS: Final = rules("metricAlerts")
TIMERS: Final = ("sweep", "catch_up", "deadlines", "polling", "rebuild", "measure")
HUB: Final = "events"
UNSENT: Final = "unsent"
UNREAD: Final = "unread"
STRUCK: Final = {
    "ThrottledRequests": f"event-hubs/{UNSENT}",
    "unread": f"event-hubs/{UNREAD}",
    "throttled": "cosmos/throttle",
}
"""Faults by what they are counted as."""
PLACES: Final = 5
"""From so many places the test of health asks."""


@dataclass(frozen=True)
class Window:
    """What a quarter of an hour has brought."""

    rows: Rows
    points: list[Point]
    ready: list[bool]


@dataclass
class Site:
    """The stack, what takes its telemetry, and what answers queries; `managed` is a subscription.

    It `is_calm` when nothing has rung since the last drill ended.
    """

    stack: Running
    http: aiohttp.ClientSession
    breeze: Breeze
    engine: Engine
    managed: str = ""
    is_calm: bool = False
    _before: dict[str, int] = field(default_factory=dict)

    @property
    def faults(self) -> FaultsClient:
        """What makes the services fail."""
        return self.stack.faults

    async def fail(self, *faults: dict[str, object]) -> None:
        """Have services fail; without any, all work again. What struck is counted anew."""
        await self.faults.set(1, *faults)
        self._before = {**self._before, **dict.fromkeys(STRUCK, 0)}

    async def post(self, path: str, body: object) -> None:
        """Ask the API for a command, which it takes."""
        async with self.http.post(f"/api/{path}", json=body) as answer:
            assert answer.status == 200, await answer.text()

    async def settle(self) -> None:
        """Wait until nothing waits in any stage."""
        await asyncio.to_thread(Api(self.stack.url).settle)

    def age(self, seconds: float) -> None:
        """Have all that is written be older, as if so much time had passed."""
        with closing(sqlite3.connect(self.stack.state / "cosmos.sqlite")) as db, db:
            db.execute(
                "UPDATE items SET written = written - ? WHERE container IN"
                " (SELECT n FROM containers WHERE id = 'events')",
                (seconds,),
            )

    async def ring(self, *timers: str) -> None:
        """Let timers run, and wait until each has told how it ended."""
        self.breeze.taken()
        for timer in timers:
            async with self.http.post(f"/admin/functions/{timer}", json={}) as called:
                assert called.status == 202
        await until_true(lambda: set(timers) <= set(self._ended()))

    def _ended(self) -> Iterable[str]:
        for one in self.breeze.of("MetricData"):
            data = one["data"]["baseData"]
            if data["metrics"][0]["name"] in {TIMER_RUNS, FAILURES}:
                yield data["properties"]["stage"]

    async def window(self, *timers: str, told: Callable[[Rows], bool] = bool) -> Window:
        """Let timers ring, and give what has come since then and was counted since the last window.

        It is over when enough is `told`.
        """
        await self.ring(*timers)

        async def seen() -> Rows:
            return rows(self.breeze.envelopes)

        found = await until(seen, told)
        ready = [await self.healthy() for _ in range(PLACES)]
        counts = await self._counts()
        traffic = [
            {"ResourceProvider": "MICROSOFT.EVENTHUB", "MetricName": name, "Total": counts[name]}
            for name in ("IncomingMessages", "OutgoingMessages")
        ]
        throttled = Point("TotalRequests", counts["throttled"], {"StatusCode": "429"})
        others = [
            Point(metric, counts[metric], {})
            for metric in ("ThrottledRequests", "DeliveryAttemptFailCount", "DeadLetteredCount")
        ]
        return Window({**found, "AzureMetrics": traffic}, [throttled, *others], ready)

    async def healthy(self) -> bool:
        """Ask as the test of health asks from one of its places."""
        async with self.http.get("/api/health") as answer:
            return answer.status == 200

    async def _counts(self) -> dict[str, int]:
        """Give what the services count of themselves since the last time."""
        fired, subscription = await self.faults.fired(), await self.subscription()
        total = {
            "IncomingMessages": await self.faults.sends(HUB),
            "OutgoingMessages": await self.faults.receipts(HUB),
            **{name: fired.get(fault, 0) for name, fault in STRUCK.items()},
            "DeliveryAttemptFailCount": int(subscription.get("failedAttempts", 0)),
            "DeadLetteredCount": int(subscription.get("deadLettered", 0)),
        }
        new = {name: max(count - self._before.get(name, 0), 0) for name, count in total.items()}
        self._before = total
        new["OutgoingMessages"] -= new.pop("unread")
        return new

    async def subscription(self) -> Mapping[str, Any]:
        """Give what the topic counts of the subscription of a drill."""
        if not self.managed:
            return {}
        async with self.http.get(self.managed) as answer:
            found: dict[str, Any] = await answer.json()
            return found

    async def given_up(self) -> list[dict[str, Any]]:
        """Give what the topic has given up to deliver, as it lies in the container of dead letters."""
        async with self.http.get(f"{self.managed}/deadLetters") as answer:
            found: list[dict[str, Any]] = (await answer.json())["value"]
            return found

    def rung(self, window: Window) -> set[str]:
        """Name the rules that ring over a window."""
        asked = {name: _query(rule) for name, rule in QUERIES.items()}
        found = {name for name, answer in self.engine.ask(asked, window.rows).items() if answer}
        found |= {
            name
            for name, rule in METRICS.items()
            if name != "unready" and rings_over_points(rule, window.points)
        }
        unready = rings_over_places(METRICS["unready"], window.ready)
        return found | ({"unready"} if unready else set())


type Step = Callable[[Site], Awaitable[None]]


def _query(rule: Rule) -> str:
    (condition,) = rule.asks["allOf"]
    assert (condition["operator"], condition["threshold"]) == ("GreaterThan", 0)
    return str(condition["query"])
