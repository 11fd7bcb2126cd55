"""Notifications through the running stack: a webhook hears of every order, whatever happens to the publishing."""

import aiohttp

from emulators.tests.event_grid.webhooks import Webhook, serving
from emulators.tests.waiting import until
from tests.local.names import Names
from tests.local.running import Running
from tests.local.shopping import ask, ends, nobody_is_parked, order, stock
from tests.local.subscribing import subscribed

CONFIRMED, REJECTED = "onewrite.order.confirmed.v1", "onewrite.order.rejected.v1"
ENDS = {CONFIRMED: "confirmed", REJECTED: "rejected"}


async def test_a_webhook_hears_of_every_order_and_reads_more(stack: Running, own: Names) -> None:
    confirmed, rejected = f"order-{own('1')}", f"order-{own('2')}"
    async with (
        aiohttp.ClientSession(stack.url) as http,
        serving(Webhook()) as webhook,
        subscribed(stack.event_grid, webhook.url, filter={"includedEventTypes": list(ENDS)}),
    ):
        await stock(http, own("TEA"), 5)
        await order(http, own("1"), {own("TEA"): 2})
        await order(http, own("2"), {own("CUP"): 1})
        await webhook.attempts(2)

        told = {event["subject"]: event for event in webhook.events}
        assert {subject: event["type"] for subject, event in told.items()} == {
            confirmed: CONFIRMED,
            rejected: REJECTED,
        }
        for event in told.values():
            seen = f"{event['subject']}@{event['sequence']}"
            more = await ask(http, f"{event['data']['link']}?at-least={seen}")
            assert more["rows"][0]["data"]["status"] == ENDS[event["type"]]
            assert event["id"] == f"{seen}/{event['type']}"
        assert told[confirmed]["data"]["lines"][0]["sku"] == own("TEA")


async def test_faults_of_the_publishing_lose_nothing_and_repeat_the_same_ids(
    stack: Running, own: Names
) -> None:
    async with (
        aiohttp.ClientSession(stack.url) as http,
        serving(Webhook()) as webhook,
        subscribed(
            stack.event_grid, webhook.url, filter={"includedEventTypes": [CONFIRMED]}
        ) as subscription,
    ):
        await stock(http, own("TEA"), 100)
        publish = {"service": "event-grid", "operation": "publish", "container": "notifications"}
        faults = {"429": [1], "503": [2], "drop-before": [3], "drop-after": [1], "duplicate": [3]}
        rules = [{**publish, "fault": fault, "at": at} for fault, at in faults.items()]
        await stack.faults.set(1, *rules)
        orders = [own(str(number)) for number in range(8)]
        for heard, id_ in enumerate(orders):
            await order(http, id_, {own("TEA"): 1})
            await ends(http, id_, "confirmed")
            # One after another: a slow machine would publish some of them at once, and meet fewer faults.
            await webhook.attempts(heard + 1)

        wanted = {f"order-{id_}@3/{CONFIRMED}" for id_ in orders}
        await until(
            lambda: ask(http, subscription),
            lambda told: told["undelivered"] == 0 and set(webhook.ids) == wanted,
        )
        fired = await stack.faults.fired()
        assert fired == {f"event-grid/{fault}": 1 for fault in faults}
        assert len(webhook.ids) > len(wanted), "a lost acknowledgement is published again"
        await nobody_is_parked(http)
