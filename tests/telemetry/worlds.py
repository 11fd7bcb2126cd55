"""A watcher, what it has seen, and a store under watch."""

from dataclasses import dataclass, field, replace

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_ON, ParentBased, Sampler

from shared.adapters.otel.commands import watched
from shared.adapters.otel.store import WatchedStore
from shared.adapters.otel.watcher import Watcher
from shared.kernel.commands.outcome import Outcome
from shared.kernel.commands.request import CommandRequest
from shared.kernel.messages.message import Command
from shared.kernel.ports import NumberedMessage
from tests.kernel.worlds import Interrupted, request, service


def numbered(*bodies: bytes) -> list[NumberedMessage]:
    """Give messages as a hub does."""
    return [NumberedMessage(number, body) for number, body in enumerate(bodies)]


@dataclass
class World:
    """A watcher, what it has seen, and a store under watch."""

    spans: InMemorySpanExporter = field(default_factory=InMemorySpanExporter)
    metrics: InMemoryMetricReader = field(default_factory=InMemoryMetricReader)
    store: Interrupted = field(default_factory=Interrupted)
    sampler: Sampler = ALWAYS_ON

    def __post_init__(self) -> None:
        tracers = TracerProvider(ParentBased(self.sampler))
        tracers.add_span_processor(SimpleSpanProcessor(self.spans))
        meters = MeterProvider([self.metrics])
        self.watcher = Watcher(
            tracers.get_tracer("test"), meters.get_meter("test"), tracers.sampler
        )
        self.watched_store = WatchedStore(self.store, self.watcher)
        self._handle = watched(service(self.watched_store).handle, self.watcher)

    async def ask(self, command: Command, id_: str, traceparent: str | None = None) -> Outcome:
        return await self._handle(self.request(command, id_, traceparent))

    @staticmethod
    def request(command: Command, id_: str, traceparent: str | None) -> CommandRequest:
        asked = request(command, id_)
        return replace(asked, metadata=replace(asked.metadata, traceparent=traceparent))

    def of(self, name: str) -> list[ReadableSpan]:
        return [span for span in self.spans.get_finished_spans() if span.name == name]

    def measured(self, metric: str) -> dict[tuple[object, ...], float]:
        """Give what a counter has counted, or how much a histogram has taken, by the values."""
        data = self.metrics.get_metrics_data()
        assert data is not None
        found: dict[tuple[object, ...], float] = {}
        for resource in data.resource_metrics:
            for one in (m for scope in resource.scope_metrics for m in scope.metrics):
                for point in one.data.data_points if one.name == metric else ():
                    values = tuple((point.attributes or {}).values())
                    found[values] = getattr(point, "value", getattr(point, "sum", 0))
        return found
