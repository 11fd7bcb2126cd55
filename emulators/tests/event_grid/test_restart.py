"""What was accepted survives the end of the process, however it ends."""

import asyncio
import json
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import aiohttp
from aiohttp import web

from emulators.faults import Faults
from emulators.tests.event_grid.grids import DEAD_LETTERS, TOPICS, Grid, cloud_event, grid
from emulators.tests.event_grid.webhooks import Request, Webhook
from emulators.tests.logs import keep
from emulators.tests.serving import ROOT
from emulators.tests.waiting import in_time, until_true

NAMES = {
    "database": "d",
    "containers": {},
    "hubs": {"h": {"partitions": 1, "consumerGroups": []}},
    "topics": TOPICS,
}


@asynccontextmanager
async def process(state: Path) -> AsyncIterator[Grid]:
    """Serve the emulators in a process of their own; kill -9 when the context ends."""
    names = state / "names.json"
    names.write_text(json.dumps(NAMES), encoding="utf-8")
    log = keep("emulators", state / "emulators.log")
    with log.open("a") as output:
        running = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "emulators"),
            *("--state", str(state), "--names", str(names)),
            *("--cosmos", "0", "--event-hubs", "0", "--event-grid", "0", "--faults", "0"),
            cwd=ROOT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=output,
        )
    try:
        assert running.stdout
        async with in_time():
            said = json.loads(await running.stdout.readline() or "{}")
        assert said, "the emulators did not start"
        async with aiohttp.ClientSession() as http:
            yield Grid(f"http://127.0.0.1:{said['eventGrid']}", Faults(), http)
    finally:
        running.kill()
        await running.wait()


async def test_what_was_accepted_is_delivered_after_kill_9(
    tmp_path: Path, webhook: Webhook
) -> None:
    async def never(_request: Request) -> web.Response:
        await asyncio.Event().wait()
        return web.Response()

    webhook.delivery = never
    async with process(tmp_path) as killed:
        await killed.subscribe("cloud", webhook.url)
        await killed.publish("cloud", *map(cloud_event, range(40)))

    webhook.delivery = None
    webhook.deliveries.clear()
    async with process(tmp_path) as again:
        await again.settled("cloud")

    assert {int(id_) for id_ in webhook.ids} == set(range(40))
    assert len(webhook.handshakes) == 1


async def test_dead_letters_and_subscriptions_survive(tmp_path: Path, webhook: Webhook) -> None:
    webhook.status = 400
    async with grid(tmp_path) as first:
        await first.subscribe("cloud", webhook.url, deadLetterDestination=DEAD_LETTERS)
        await first.publish("cloud", cloud_event())
        letters = await first.dead_letters("cloud")
        shown = await first.get("cloud", "hook")

    async with grid(tmp_path) as second:
        assert await second.dead_letters("cloud") == letters
        # Attempts are counted since the start.
        assert await second.get("cloud", "hook") == {**shown, "failedAttempts": 0}


async def test_attempts_are_counted_on(tmp_path: Path, webhook: Webhook) -> None:
    webhook.status = 500
    async with grid(tmp_path, pace=60) as first:
        await first.subscribe("cloud", webhook.url)
        await first.publish("cloud", cloud_event())
        # The second attempt shows that the first one is in the file.
        await webhook.attempts(2)

    webhook.status = 200
    before = len(webhook.deliveries)
    async with grid(tmp_path, pace=60) as second:
        await second.settled("cloud")

    [last] = webhook.deliveries[before:]
    assert int(last.headers["aeg-delivery-count"]) >= 1


async def test_time_that_the_process_is_down_ages_no_event(
    tmp_path: Path, webhook: Webhook
) -> None:
    webhook.status = 500
    async with grid(tmp_path, pace=1) as first:
        await first.subscribe("cloud", webhook.url, retryPolicy={"eventTimeToLiveInMinutes": 1})
        await first.publish("cloud", cloud_event())
        await webhook.attempts(1)
    webhook.status = 200
    # As if the process had been down for a day.
    with closing(sqlite3.connect(tmp_path / "event-grid.sqlite")) as file, file:
        assert file.execute("UPDATE deliveries SET due = due - 86400").rowcount == 1

    async with grid(tmp_path, pace=1) as second:
        shown = await second.settled("cloud")

    assert (shown["dropped"], len(webhook.deliveries)) == (0, 2)


async def test_a_described_subscription_shakes_hands_once_until_it_is_changed(
    tmp_path: Path, webhook: Webhook
) -> None:
    def described(path: str) -> dict[str, object]:
        webhook_there = {
            "endpointType": "WebHook",
            "properties": {"endpointUrl": webhook.url + path},
        }
        hook = {"destination": webhook_there, "eventDeliverySchema": "CloudEventSchemaV1_0"}
        return {"cloud": {"eventSubscriptions": {"hook": hook}}}

    for path, handshakes in (("", 1), ("", 1), ("/changed", 2)):
        async with grid(tmp_path, described(path)) as running:
            await until_true(lambda: len(webhook.handshakes) >= handshakes)  # noqa: B023 - at once
            await running.validated("cloud")
            await running.publish("cloud", cloud_event())
            await running.settled("cloud")
        assert len(webhook.handshakes) == handshakes


async def test_the_file_holds_nothing_of_what_is_over(tmp_path: Path, webhook: Webhook) -> None:
    async with grid(tmp_path) as running:
        for name in ("first", "second"):
            await running.subscribe("cloud", webhook.url, name)
        await running.publish("cloud", *map(cloud_event, range(10)))
        for name in ("first", "second"):
            await running.settled("cloud", name)

    with closing(sqlite3.connect(tmp_path / "event-grid.sqlite")) as file:
        assert file.execute("SELECT COUNT(*) FROM events").fetchone() == (0,)
    assert len(webhook.deliveries) == 20
