"""Who takes what is watched: a collector that speaks OTLP over HTTP, Azure Monitor, or both.

How often and how much of it is sent follows the variables of OpenTelemetry (OTEL_TRACES_SAMPLER and others).
"""

import logging

from opentelemetry.instrumentation.logging.handler import LoggingHandler
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor, LogRecordExporter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import MetricExporter, PeriodicExportingMetricReader
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.sampling import ParentBasedTraceIdRatio, Sampler

from shared.adapters.otel.watcher import Watcher
from shared.adapters.settings import Exporters

NAME = "onewrite"
SDKS = "azure"
"""The loggers of the SDKs and of the worker itself: at INFO, the level of the worker, each request is a line."""

_LOGGER = logging.getLogger("onewrite.telemetry")

type Taker = tuple[SpanExporter, MetricExporter, LogRecordExporter]


def open_watcher(exporters: Exporters) -> Watcher:
    """Make what watches; threads of their own hand on what it sees, until the process ends."""
    resource = Resource({"service.name": NAME}).merge(OTELResourceDetector().detect())
    tracers = TracerProvider(sampler(exporters.trace_share), resource)
    insights = exporters.application_insights
    takers = [
        *([_otlp(exporters.otlp)] if exporters.otlp else []),
        *([_azure(insights, tracers)] if insights else []),
    ]
    loggers = LoggerProvider(resource=resource)
    for spans, _, logs in takers:
        tracers.add_span_processor(BatchSpanProcessor(spans))
        loggers.add_log_record_processor(BatchLogRecordProcessor(logs))
    readers = [PeriodicExportingMetricReader(metrics) for _, metrics, _ in takers]
    meters = MeterProvider(readers, resource=resource)
    # As `Function` in host.json has it: warnings of whoever logs.
    logging.getLogger(SDKS).setLevel(logging.WARNING)
    logging.getLogger().addHandler(LoggingHandler(logging.WARNING, loggers))
    if insights and not exporters.hosted:
        _LOGGER.warning(
            "PYTHON_ENABLE_OPENTELEMETRY is not true: the host sends each line of the log a second time, and"
            " requests stand in no trace of its own"
        )
    return Watcher(tracers.get_tracer(NAME), meters.get_meter(NAME), tracers.sampler)


def sampler(share: float | None) -> Sampler | None:
    """Give what keeps a share of the traces, and what the host keeps; None leaves it to OpenTelemetry."""
    return None if share is None else ParentBasedTraceIdRatio(share)


def _otlp(endpoint: str) -> Taker:
    from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
    from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    base = f"{endpoint.rstrip('/')}/v1"
    return (
        OTLPSpanExporter(f"{base}/traces"),
        OTLPMetricExporter(f"{base}/metrics"),
        OTLPLogExporter(f"{base}/logs"),
    )


def _azure(connection: str, tracers: TracerProvider) -> Taker:
    from azure.monitor.opentelemetry.exporter import (
        AzureMonitorLogExporter,
        AzureMonitorMetricExporter,
        AzureMonitorTraceExporter,
    )

    # What cannot be sent is not kept on the disk of an instance that goes away.
    options = {"connection_string": connection, "disable_offline_storage": True}
    return (
        # Without a provider it logs an exception whenever it sends.
        AzureMonitorTraceExporter(**options, tracer_provider=tracers),
        AzureMonitorMetricExporter(**options),
        AzureMonitorLogExporter(**options),
    )
