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

type Taker = tuple[SpanExporter, MetricExporter, LogRecordExporter]


def open_watcher(exporters: Exporters) -> Watcher:
    """Make what watches; threads of their own hand on what it sees, until the process ends."""
    takers = [
        *([_otlp(exporters.otlp)] if exporters.otlp else []),
        *([_azure(exporters.application_insights)] if exporters.application_insights else []),
    ]
    resource = Resource({"service.name": NAME}).merge(OTELResourceDetector().detect())
    tracers = TracerProvider(sampler(exporters.trace_share), resource)
    loggers = LoggerProvider(resource=resource)
    for spans, _, logs in takers:
        tracers.add_span_processor(BatchSpanProcessor(spans))
        loggers.add_log_record_processor(BatchLogRecordProcessor(logs))
    readers = [PeriodicExportingMetricReader(metrics) for _, metrics, _ in takers]
    meters = MeterProvider(readers, resource=resource)
    logging.getLogger().addHandler(LoggingHandler(logger_provider=loggers))
    return Watcher(tracers.get_tracer(NAME), meters.get_meter(NAME))


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


def _azure(connection: str) -> Taker:
    from azure.monitor.opentelemetry.exporter import (
        AzureMonitorLogExporter,
        AzureMonitorMetricExporter,
        AzureMonitorTraceExporter,
    )

    # What cannot be sent is not kept on the disk of an instance that goes away.
    options = {"connection_string": connection, "disable_offline_storage": True}
    return (
        AzureMonitorTraceExporter(**options),
        AzureMonitorMetricExporter(**options),
        AzureMonitorLogExporter(**options),
    )
