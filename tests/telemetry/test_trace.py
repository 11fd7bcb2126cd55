"""One command, one trace: every stage under the trace id that the client sent, at a collector of its own."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from infra.local.cosmos.authorization import KEY
from infra.local.demo.oracle import everything
from shared.adapters.watching.names import BATCH, CHARGE, COMMANDS, LAG, RETRIES
from tests.local.event_grid.webhooks import Webhook, serving
from tests.local.running import Running, running
from tests.local.subscribing import subscribed
from tests.local.test_orders import ends, post, stock
from tests.telemetry.collector import Collector, collecting

TRACE = "0af7651916cd43dd8448eb211c80319c"
CLIENT = "b7ad6b7169203331"
STAGES = {
    "POST {category}/{id}/{command}",
    "command RegisterItem",
    "commit",
    "publish",
    "project",
}
CONFIRMED = "onewrite.order.confirmed.v1"
ORDER = {
    "POST {category}/{id}/{command}",
    "command PlaceOrder",
    "commit",
    "publish",
    "project",
    "react",
    "command ReserveForOrder",
    "command RecordReservation",
    "notify",
    "command RecordDispatch",
    "command ShipForOrder",
}


@pytest.fixture
async def collector() -> AsyncIterator[Collector]:
    async with collecting() as made:
        yield made


@pytest.fixture
async def stack(tmp_path: Path, collector: Collector) -> AsyncIterator[Running]:
    settings = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
        "OTEL_BSP_SCHEDULE_DELAY": "100",
        "OTEL_METRIC_EXPORT_INTERVAL": "500",
    }
    async with running(tmp_path, None, **settings) as made:
        yield made


async def register(stack: Running, flags: str = "01") -> None:
    async with (
        aiohttp.ClientSession() as http,
        http.post(
            f"{stack.url}/api/item/SKU1/register-item",
            json={"name": "Teapot", "reorderPoint": 2},
            headers={"traceparent": f"00-{TRACE}-{CLIENT}-{flags}"},
        ) as response,
    ):
        assert response.status == 200, await response.text()


async def test_every_stage_of_a_command_is_in_the_trace_of_its_client(
    stack: Running, collector: Collector
) -> None:
    await register(stack)
    await collector.until(lambda: collector.of(TRACE).keys() >= STAGES)
    spans = collector.of(TRACE)

    request, command, commit = (
        spans[name] for name in ("POST {category}/{id}/{command}", "command RegisterItem", "commit")
    )
    assert request.parent_span_id.hex() == CLIENT
    assert command.parent_span_id == request.span_id
    assert commit.parent_span_id == command.span_id
    for name in ("publish", "project"):
        assert spans[name].parent_span_id == command.span_id
        (batch,) = spans[name].links
        assert _linked(collector, batch.span_id).name == f"{name} batch"

    (item,) = await everything(stack.cosmos, "events")
    written = f"00-{TRACE}-{command.span_id.hex()}-01"
    assert item["metadata"]["traceparent"] == written


async def test_an_order_is_one_trace_to_the_webhook_of_a_partner_and_back(
    stack: Running, collector: Collector
) -> None:
    async with (
        aiohttp.ClientSession(stack.url) as http,
        serving(Webhook()) as partner,
        subscribed(stack.event_grid, partner.url, filter={"includedEventTypes": [CONFIRMED]}),
    ):
        await stock(http, "TEA", 5)
        placed = {"customerId": "C1", "lines": [{"sku": "TEA", "quantity": 2}]}
        traced = {"traceparent": f"00-{TRACE}-{CLIENT}-01"}
        await post(http, "/api/order/1/place-order", placed, **traced)

        (told,) = await partner.attempts(1)
        (notification,) = told.events
        assert notification["traceparent"].split("-")[1] == TRACE
        parcel = {
            "specversion": "1.0",
            "id": "p1",
            "source": "/carriers/fast",
            "type": "com.example.carrier.parcel-dispatched",
            "traceparent": notification["traceparent"],
            "data": {"orderId": "1", "customerId": "C1"},
        }
        await post(http, "/api/webhooks", parcel, **{"webhook-secret": "local-webhook-secret"})
        await collector.until(lambda: collector.of(TRACE).keys() >= ORDER)
        await ends(http, "1", "shipped")


async def test_a_command_that_waits_in_the_mailbox_stays_in_its_trace(
    stack: Running, collector: Collector
) -> None:
    asked = {"traceparent": f"00-{TRACE}-{CLIENT}-01", "Prefer": "respond-async"}
    registered = {"name": "Teapot", "reorderPoint": 2}
    async with aiohttp.ClientSession(stack.url) as http:
        await post(http, "/api/item/SKU1/register-item", registered, **asked)

    await collector.until(lambda: collector.of(TRACE).keys() >= {*STAGES, "mailbox"})
    assert collector.of(TRACE).keys() >= {*STAGES, "mailbox"}


async def test_everything_is_measured_and_nothing_tells_a_key(
    stack: Running, collector: Collector
) -> None:
    unsettled = {"service": "cosmos", "operation": "create", "container": "events"}
    await stack.faults.set(1, {**unsettled, "fault": "drop-after", "at": [1]})
    await register(stack)

    await collector.until(lambda: collector.metrics >= {COMMANDS, CHARGE, BATCH, LAG, RETRIES})
    await collector.until(lambda: collector.of(TRACE).keys() >= STAGES)
    for key in (KEY, "AccountKey", "SAS_KEY_VALUE", "SharedAccessSignature"):
        assert key.encode() not in collector.sent


async def test_a_stack_says_where_its_telemetry_goes(stack: Running, collector: Collector) -> None:
    assert stack.process.stdout
    async with asyncio.timeout(10):
        while collector.url not in (line := (await stack.process.stdout.readline()).decode()):
            assert line


def _linked(collector: Collector, span_id: bytes) -> Span:
    (found,) = (span for span in collector.spans if span.span_id == span_id)
    return found
