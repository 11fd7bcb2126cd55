"""What brings alerts about on a local stack, and what their runbooks do there."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from aiohttp import web

from consumers.polling.place import Place
from emulators.tests.event_grid.webhooks import Webhook
from emulators.tests.waiting import until
from shared.adapters.cosmos.client import container, open_client
from shared.adapters.cosmos.feed import CosmosProgress
from shared.adapters.cosmos.parking import CosmosParking
from shared.adapters.names import EVENTS, PARKED, PROGRESS
from shared.adapters.settings import Settings
from shared.kernel.delivery.parking import Parked
from shared.kernel.messages.commit import timestamp
from tests.kernel.asking import NOON
from tests.local.shopping import order
from tests.local.subscribing import subscribed
from tests.telemetry.site import HUB, UNREAD, UNSENT, Site
from tests.telemetry.site_runbooks import commands, typed

QUARTER: Final = 900.0
MANY: Final = 100
"""So many requests may be throttled, and nobody is woken."""
CARRIER: Final = "carrier"
REJECTED: Final = "onewrite.order.rejected.v1"
ALWAYS: Final[dict[str, object]] = {"probability": 1.0}


async def receive(site: Site) -> None:
    await site.post("item/TEA/receive-stock", {"quantity": 1})


async def work_again(site: Site) -> None:
    """Mend the service: what waits goes on by itself."""
    await site.fail()
    await site.settle()


async def refuse_to_log(site: Site) -> None:
    """Have the log take nothing for a quarter of an hour."""
    sending = {"service": "event-hubs", "operation": "send", "container": HUB}
    await site.fail({**sending, "fault": "reject", "name": UNSENT, **ALWAYS})
    await receive(site)
    site.age(QUARTER)


async def lose(site: Site) -> None:
    """Lose a message that the log has acknowledged, a quarter of an hour ago."""
    lost = {"service": "event-hubs", "operation": "send", "container": HUB, "fault": "lose"}
    await site.fail({**lost, "at": [1]})
    await receive(site)
    await until(site.faults.fired, bool)
    site.age(QUARTER)


async def read_nothing(site: Site) -> None:
    """Have nobody get what the log holds."""
    reading = {"service": "event-hubs", "operation": "receive", "container": HUB}
    await site.fail({**reading, "fault": "reject", "name": UNREAD, **ALWAYS})
    sent = await site.faults.sends(HUB)
    await receive(site)
    await until(lambda: site.faults.sends(HUB), lambda now: now > sent)


async def keep_markers_away(site: Site) -> None:
    """Have nobody told what is parked: who measures looks at that first."""
    asking = {"service": "cosmos", "operation": "query", "container": PARKED}
    await site.fail({**asking, "fault": "503", **ALWAYS})
    # Whatever measured before has ended.
    await site.ring("measure")


async def throttle(site: Site) -> None:
    """Have the store give nothing of what was written."""
    await site.fail({"service": "cosmos", "container": EVENTS, "fault": "throttle", **ALWAYS})

    async def throttled() -> int:
        await site.healthy()
        return (await site.faults.fired()).get("cosmos/throttle", 0)

    await until(throttled, lambda count: count > MANY)


async def park(site: Site) -> None:
    """Hold a stream back."""
    client = await open_client(Settings.read(site.stack.settings))
    marker = Parked("projections", "item-TEA", 1, 1, "a bug in a view", NOON)
    await CosmosParking(container(client, PARKED)).park(marker)
    await client.close()


async def release(site: Site) -> None:
    """Parked: type what the runbook says for the local stack."""
    _, command = commands("parked")
    assert json.loads(await typed(site, command))["stream"] == "item-TEA"


async def fail_for_an_hour(site: Site) -> None:
    """Have a feed of others have failed for more than an hour."""
    since = timestamp(datetime.now(UTC) - timedelta(minutes=70))
    await _place(site, since=since)


async def follow_again(site: Site) -> None:
    """Unfollowed: its owner has mended it, and it is asked again."""
    FEED.update(status=200)
    await _place(site, until=None)
    await site.ring("polling")


async def _place(site: Site, **changes: Any) -> None:
    client = await open_client(Settings.read(site.stack.settings))
    progress, name = CosmosProgress(container(client, PROGRESS)), f"poll:{CARRIER}"
    kept = Place.model_validate_json(await progress.read(name) or "")
    assert kept.failures
    await progress.write(name, kept.model_copy(update=changes).model_dump_json())
    await client.close()


FEED: Final[dict[str, int]] = {"status": 500}
"""What a feed of others answers with."""


@asynccontextmanager
async def offering() -> AsyncIterator[str]:
    """Offer a feed of others; gives where it is."""

    async def answer(request: web.Request) -> web.Response:
        link = {"Link": f'<{request.path}>; rel="next"'}
        return web.json_response([], status=FEED["status"], headers=link)

    app = web.Application()
    app.router.add_get("/feed", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    FEED.update(status=500)
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/feed"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def hearing(site: Site, webhook: Webhook) -> AsyncIterator[None]:
    """Subscribe a webhook to the orders that are rejected, as somebody who keeps what is given up."""
    folder = {"resourceId": "storage", "blobContainerName": "dead-letters"}
    changes = {
        "filter": {"includedEventTypes": [REJECTED]},
        "deadLetterDestination": {"endpointType": "StorageBlob", "properties": folder},
    }
    async with subscribed(site.stack.event_grid, webhook.url, **changes) as managed:
        site.managed = managed
        try:
            yield
        finally:
            site.managed = ""


async def reject(site: Site, name: str, count: int) -> None:
    """Let orders of something that is not there be rejected, of which the webhook is told."""
    await asyncio.gather(*(order(site.http, f"{name}-{n}", {"CUP": 1}) for n in range(count)))
    await site.settle()
