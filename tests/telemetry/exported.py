"""A watcher whose measurements go through the exporter of Azure Monitor, and the rows that they become."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from azure.monitor.opentelemetry.exporter import AzureMonitorMetricExporter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.trace import TracerProvider

from shared.adapters.otel.watcher import Watcher
from tests.infra.kusto import Rows
from tests.telemetry.breeze import Breeze, Envelope, ingesting, rows


@dataclass(frozen=True)
class Exported:
    """What is watched here is sent when a window ends."""

    watcher: Watcher
    meters: MeterProvider
    breeze: Breeze

    def envelopes(self) -> list[Envelope]:
        """Send what was measured since the last time, and give it as it was sent."""
        assert self.meters.force_flush()
        return self.breeze.taken()

    def window(self) -> Rows:
        """Give the rows of what was measured since the last window."""
        return rows(self.envelopes())


@contextmanager
def exporting(patch: pytest.MonkeyPatch) -> Iterator[Exported]:
    """Give a watcher, and let it go at the end."""
    with ingesting() as breeze:
        for name, value in breeze.settings.items():
            patch.setenv(name, value)
        exporter = AzureMonitorMetricExporter(disable_offline_storage=True)
        meters = MeterProvider([PeriodicExportingMetricReader(exporter, math.inf)])
        watcher = Watcher(TracerProvider().get_tracer("drill"), meters.get_meter("drill"))
        yield Exported(watcher, meters, breeze)
        meters.shutdown()
