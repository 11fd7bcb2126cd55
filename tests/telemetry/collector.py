"""A collector of OTLP over HTTP on loopback, which keeps what it is sent."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from emulators.tests.waiting import in_time


@dataclass
class Collector:
    """Spans and logs as they came, the metrics that somebody sent, by name, and every byte."""

    url: str = ""
    spans: list[Span] = field(default_factory=list)
    metrics: set[str] = field(default_factory=set)
    logs: list[LogRecord] = field(default_factory=list)
    sent: bytes = b""
    arrived: asyncio.Condition = field(default_factory=asyncio.Condition)

    def of(self, trace: str) -> dict[str, Span]:
        """Give the spans of a trace by their names."""
        return {span.name: span for span in self.spans if span.trace_id.hex() == trace}

    async def until(self, seen: Callable[[], bool]) -> None:
        """Wait until what has arrived is enough."""
        async with in_time(), self.arrived:
            await self.arrived.wait_for(seen)

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        async with self.arrived:
            self.sent += body
            match request.match_info["signal"]:
                case "traces":
                    spans = ExportTraceServiceRequest.FromString(body).resource_spans
                    self.spans += [s for r in spans for scope in r.scope_spans for s in scope.spans]
                case "metrics":
                    metrics = ExportMetricsServiceRequest.FromString(body).resource_metrics
                    self.metrics |= {
                        m.name for r in metrics for scope in r.scope_metrics for m in scope.metrics
                    }
                case "logs":
                    logs = ExportLogsServiceRequest.FromString(body).resource_logs
                    self.logs += [
                        one for r in logs for scope in r.scope_logs for one in scope.log_records
                    ]
            self.arrived.notify_all()
        return web.Response(body=b"", content_type="application/x-protobuf")


@asynccontextmanager
async def collecting() -> AsyncIterator[Collector]:
    """Give a collector, and end it afterwards."""
    collector = Collector()
    app = web.Application(client_max_size=2**24)
    app.router.add_post("/v1/{signal}", collector.take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    collector.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield collector
    finally:
        await runner.cleanup()
