"""Events of others through the running stack: in both schemas, over the webhook and over the trigger."""

from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
from azure.core.messaging import CloudEvent
from azure.eventgrid import EventGridEvent

from emulators.tests.event_grid.grids import Grid, grid
from tests.local.names import Names
from tests.local.running import PARTNERS, Running
from tests.local.shopping import (
    ask,
    available,
    ends,
    happened,
    nobody_is_parked,
    order,
    post,
    stock,
)

OLD, NEW = (one.partition("=")[2] for one in PARTNERS["WEBHOOK_SECRETS"].split(", "))
CARRIER = "com.example.carrier.parcel-dispatched"
SUPPLIER = "com.example.supplier.delivery-arrived"
TRIGGER = "/runtime/webhooks/EventGrid?functionName=inbound_event"


def parcel(id_: str, order_id: str) -> CloudEvent[Any]:
    data = {"orderId": order_id, "customerId": "C1"}
    return CloudEvent(source="/carriers/fast", type=CARRIER, data=data, id=id_)


def classic_parcel(id_: str, order_id: str) -> EventGridEvent:
    data = {"orderId": order_id, "customerId": "C1"}
    return EventGridEvent("parcels", CARRIER, data, "1", id=id_)


def showing(secret: str) -> dict[str, Any]:
    header = {"value": secret, "isSecret": True}
    attribute = {"name": "webhook-secret", "type": "Static", "properties": header}
    return {"deliveryAttributeMappings": [attribute]}


async def subscribe(partners: Grid, stack: Running, topic: str, secret: str) -> None:
    """Let a topic deliver to the webhook, and to the trigger as well."""
    url = f"{stack.url}/api/webhooks"
    await partners.subscribe(topic, url, "partners", webhook=showing(secret))
    await partners.subscribe(topic, stack.url + TRIGGER, "trigger")


async def test_parcels_ship_orders_once_whichever_way_they_come(
    stack: Running, own: Names, tmp_path: Path
) -> None:
    tea, first, second, third = own("TEA"), own("1"), own("2"), own("3")
    async with (
        aiohttp.ClientSession(stack.url) as http,
        grid(tmp_path) as partners,
    ):
        await subscribe(partners, stack, "cloud", OLD)
        await subscribe(partners, stack, "classic", NEW)
        await stock(http, tea, 5)
        await order(http, first, {tea: 1})
        await order(http, second, {tea: 1})
        await ends(http, second, "confirmed")

        # The third order is not even placed.
        await partners.publish(
            "cloud",
            *(parcel(own(id_), of) for id_, of in (("p1", first), ("p3", third), ("p1", first))),
        )
        await partners.publish("classic", classic_parcel(own("p2"), second))

        for topic, name in [(t, n) for t in ("cloud", "classic") for n in ("partners", "trigger")]:
            assert await partners.dead_letters(topic, name) == []
        await order(http, third, {tea: 1})
        for id_ in (first, second, third):
            await ends(http, id_, "shipped")
            types = await happened(http, f"order-{id_}")
            assert types.count("OrderShipped") == 1
            assert types.count("DispatchRecorded") <= 1
        await available(http, tea, 2)
        await nobody_is_parked(http)


async def test_goods_come_in_once_though_the_store_fails(
    stack: Running, own: Names, tmp_path: Path
) -> None:
    tea = own("TEA")
    async with (
        aiohttp.ClientSession(stack.url) as http,
        grid(tmp_path) as partners,
    ):
        await partners.subscribe("cloud", stack.url + TRIGGER, "trigger")
        await stock(http, tea, 5)
        create = {"service": "cosmos", "operation": "create", "container": "events"}
        await stack.faults.set(1, {**create, "fault": "503", "probability": 1.0, "times": 12})

        data = {"sku": tea, "quantity": 7}
        arrived = CloudEvent(source="/suppliers/far", type=SUPPLIER, data=data, id=own("d1"))
        await partners.publish("cloud", arrived)

        await available(http, tea, 12)
        assert await partners.dead_letters("cloud", "trigger") == []
        assert (await happened(http, f"item-{tea}")).count("StockReceived") == 2
        assert sum((await stack.faults.fired()).values()) == 12


async def test_strangers_are_sent_away_by_the_whole_host(stack: Running) -> None:
    async with aiohttp.ClientSession(stack.url) as http:

        async def status(method: str, body: Any = b"", **headers: str) -> int:
            given = {"content_type": "application/json", **headers}
            named = {name.replace("_", "-"): value for name, value in given.items()}
            async with http.request(method, "/api/webhooks", data=body, headers=named) as answer:
                await answer.read()
                return answer.status

        stranger = {"WebHook_Request_Origin": "example.com"}
        validation = {"aeg_event_type": "SubscriptionValidation"}
        known = {"webhook_secret": NEW}

        assert await status("OPTIONS", **stranger) == 403
        assert await status("OPTIONS", WebHook_Request_Origin="eventgrid.azure.net") == 200
        assert await status("POST", b"[]", **validation, aeg_subscription_name="OTHERS") == 403
        assert await status("POST", b"[]") == 401
        assert await status("POST", b"[]", webhook_secret="guessed") == 401
        assert await status("POST", b"[{]", **known) == 400
        assert await status("POST", b"[" * 5000, **known) == 400
        assert await status("POST", BytesIO(b" " * 1_200_000), **known) == 413
        assert await status("POST", b"[]", **known, content_type="text/plain") == 415
        assert await status("POST", b"[]", **known) == 200
        assert await status("GET") == 405
        async with http.post(TRIGGER, json=[]) as answer:
            assert answer.status == 400
        async with http.post("/runtime/webhooks/EventGrid?functionName=nobody", json=[]) as answer:
            assert answer.status == 404


async def test_a_bad_event_waits_for_an_operator(stack: Running, own: Names) -> None:
    tea = own("TEA")
    async with aiohttp.ClientSession(stack.url) as http:
        data = {"sku": tea, "quantity": 7}
        about = {"specversion": "1.0", "id": own("d1"), "source": "/s", "type": SUPPLIER}
        early = {**about, "data": data}
        await post(http, "/api/webhooks", [early], **{"webhook-secret": OLD})

        (parked,) = (await ask(http, "/api/operations/parked"))["parked"]
        assert parked["consumer"] == "webhooks"
        assert f"ReceiveStock to item-{tea} was refused" in parked["error"]
        await stock(http, tea, 5)
        path = f"/api/operations/parked/webhooks/{parked['stream']}/release"
        await post(http, path, {"by": "ann", "reason": "the item is known by now"})
        await available(http, tea, 12)
        await nobody_is_parked(http)
