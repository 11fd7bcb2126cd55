"""One command, one trace: every stage under the trace id that the client sent, at a collector of its own."""

from collections.abc import AsyncIterator
from uuid import uuid4

import aiohttp
import pytest
import pytest_asyncio
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from emulators.cosmos.authorization import KEY
from emulators.tests.event_grid.webhooks import Webhook, serving
from emulators.tests.waiting import until_true
from infra.local.shop.oracle import everything
from shared.adapters.otel.metric_names import BATCH, CHARGE, COMMANDS, LAG, RETRIES
from tests.local.names import Names
from tests.local.running import Running, running
from tests.local.shopping import ends, post, stock
from tests.local.subscribing import subscribed
from tests.telemetry.collector import Collector, collecting

pytestmark = pytest.mark.asyncio(loop_scope="module")

CLIENT = "b7ad6b7169203331"
STAGES = {
    "POST {category}/{id}/{command}",
    "command RegisterItem",
    "commit",
    "single_publisher",
    "projections",
}
CONFIRMED = "onewrite.order.confirmed.v1"
ORDER = {
    "POST {category}/{id}/{command}",
    "command PlaceOrder",
    "commit",
    "single_publisher",
    "projections",
    "reactions",
    "command ReserveForOrder",
    "command RecordReservation",
    "notifications",
    "feeds",
    "command RecordDispatch",
    "command ShipForOrder",
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def collector() -> AsyncIterator[Collector]:
    async with collecting() as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stack(
    tmp_path_factory: pytest.TempPathFactory, collector: Collector
) -> AsyncIterator[Running]:
    settings = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
        "OTEL_BSP_SCHEDULE_DELAY": "100",
        "OTEL_METRIC_EXPORT_INTERVAL": "500",
    }
    async with running(tmp_path_factory.mktemp("stack") / "state", None, **settings) as made:
        yield made


@pytest.fixture
def trace() -> str:
    """Gives a trace id of the test's own."""
    return uuid4().hex


async def register(stack: Running, trace: str, sku: str) -> None:
    async with (
        aiohttp.ClientSession() as http,
        http.post(
            f"{stack.url}/api/item/{sku}/register-item",
            json={"name": "Teapot", "reorderPoint": 2},
            headers={"traceparent": f"00-{trace}-{CLIENT}-01"},
        ) as response,
    ):
        assert response.status == 200, await response.text()


async def test_every_stage_of_a_command_is_in_the_trace_of_its_client(
    stack: Running, collector: Collector, trace: str, own: Names
) -> None:
    await register(stack, trace, own("SKU"))
    await collector.until(lambda: collector.of(trace).keys() >= STAGES)
    spans = collector.of(trace)

    request, command, commit = (
        spans[name] for name in ("POST {category}/{id}/{command}", "command RegisterItem", "commit")
    )
    assert request.parent_span_id.hex() == CLIENT
    assert command.parent_span_id == request.span_id
    assert commit.parent_span_id == command.span_id
    for name in ("single_publisher", "projections"):
        assert spans[name].parent_span_id == command.span_id
        (batch,) = spans[name].links
        assert _linked(collector, batch.span_id).name == f"{name} batch"

    stored = await everything(stack.cosmos, "events")
    (item,) = (one for one in stored if one["stream"] == f"item-{own('SKU')}")
    written = f"00-{trace}-{command.span_id.hex()}-01"
    assert item["metadata"]["traceparent"] == written


async def test_an_order_is_one_trace_to_the_webhook_of_a_partner_and_back(
    stack: Running, collector: Collector, trace: str, own: Names
) -> None:
    tea, number = own("TEA"), own("1")
    async with (
        aiohttp.ClientSession(stack.url) as http,
        serving(Webhook()) as partner,
        subscribed(stack.event_grid, partner.url, filter={"includedEventTypes": [CONFIRMED]}),
    ):
        await stock(http, tea, 5)
        placed = {"customerId": "C1", "lines": [{"sku": tea, "quantity": 2}]}
        traced = {"traceparent": f"00-{trace}-{CLIENT}-01"}
        await post(http, f"/api/order/{number}/place-order", placed, **traced)

        (told,) = await partner.attempts(1)
        (notification,) = told.events
        assert notification["traceparent"].split("-")[1] == trace
        parcel = {
            "specversion": "1.0",
            "id": own("p1"),
            "source": "/carriers/fast",
            "type": "com.example.carrier.parcel-dispatched",
            "traceparent": notification["traceparent"],
            "data": {"orderId": number, "customerId": "C1"},
        }
        await post(http, "/api/webhooks", parcel, **{"webhook-secret": "local-webhook-secret"})
        await collector.until(lambda: collector.of(trace).keys() >= ORDER)
        await ends(http, number, "shipped")


async def test_a_command_that_waits_in_the_mailbox_stays_in_its_trace(
    stack: Running, collector: Collector, trace: str, own: Names
) -> None:
    asked = {"traceparent": f"00-{trace}-{CLIENT}-01", "Prefer": "respond-async"}
    registered = {"name": "Teapot", "reorderPoint": 2}
    async with aiohttp.ClientSession(stack.url) as http:
        await post(http, f"/api/item/{own('SKU')}/register-item", registered, **asked)

    await collector.until(lambda: collector.of(trace).keys() >= {*STAGES, "mailbox"})
    assert collector.of(trace).keys() >= {*STAGES, "mailbox"}


async def test_everything_is_measured_and_nothing_tells_a_key(
    stack: Running, collector: Collector, trace: str, own: Names
) -> None:
    unsettled = {"service": "cosmos", "operation": "create", "container": "events"}
    await stack.faults.set(1, {**unsettled, "fault": "drop-after", "at": [1]})
    await register(stack, trace, own("SKU"))

    await collector.until(lambda: collector.metrics >= {COMMANDS, CHARGE, BATCH, LAG, RETRIES})
    await collector.until(lambda: collector.of(trace).keys() >= STAGES)
    for key in (KEY, "AccountKey", "SAS_KEY_VALUE", "SharedAccessSignature"):
        assert key.encode() not in collector.sent


async def test_a_stack_says_where_its_telemetry_goes(stack: Running, collector: Collector) -> None:
    await until_true(lambda: collector.url in stack.log.read_text(encoding="utf-8"))
    assert f"Traces, metrics and logs go to {collector.url}" in stack.log.read_text("utf-8")


def _linked(collector: Collector, span_id: bytes) -> Span:
    (found,) = (span for span in collector.spans if span.span_id == span_id)
    return found
