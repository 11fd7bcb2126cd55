"""Spans and measurements, whoever takes them."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.metrics import Counter, Histogram, Meter
from opentelemetry.trace import Link, Span, SpanContext, SpanKind, Status, StatusCode, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from shared.adapters.otel.names import COUNTERS, FAILURES, HISTOGRAMS

type Values = Mapping[str, str | int]

_PROPAGATOR = TraceContextTextMapPropagator()


class Watcher:
    """Opens spans and keeps the instruments."""

    def __init__(self, tracer: Tracer, meter: Meter) -> None:
        self._tracer = tracer
        self._counters: dict[str, Counter] = {
            name: meter.create_counter(name, *about) for name, about in COUNTERS.items()
        }
        self._histograms: dict[str, Histogram] = {
            name: meter.create_histogram(name, *about) for name, about in HISTOGRAMS.items()
        }

    def add(self, metric: str, amount: float, attributes: Values) -> None:
        """Add to a counter."""
        self._counters[metric].add(amount, attributes)

    def record(self, metric: str, value: float, attributes: Values) -> None:
        """Record in a histogram."""
        self._histograms[metric].record(value, attributes)

    @contextmanager
    def failures(self, stage: str) -> Iterator[None]:
        """Count whatever breaks off the work of a stage."""
        try:
            yield
        except BaseException:
            self.add(FAILURES, 1, {"stage": stage})
            raise

    @contextmanager
    def request(self, method: str, route: str, traceparent: str | None) -> Iterator[Span]:
        """Span a request: within the host's own span where it has one, else as the server's."""
        hosted = trace.get_current_span().get_span_context().is_valid
        span = self._tracer.start_span(
            f"{method} {route}",
            context=None if hosted else _context(traceparent),
            kind=SpanKind.INTERNAL if hosted else SpanKind.SERVER,
            attributes={"http.request.method": method, "http.route": route},
        )
        with trace.use_span(span, end_on_exit=True):
            yield span

    def trace_id(self) -> str:
        """Give the id of the trace that runs now."""
        return f"{trace.get_current_span().get_span_context().trace_id:032x}"

    @contextmanager
    def within(
        self, name: str, traceparents: Iterable[str | None], attributes: Values
    ) -> Iterator[Span]:
        """Span work for one or several: in the trace of the first, with links to the others."""
        first, *others = list(traceparents) or [None]
        span = self._tracer.start_span(
            name,
            context=_parent(first),
            attributes=attributes,
            links=[Link(one) for one in _remote(others)],
        )
        with trace.use_span(span, end_on_exit=True):
            yield span

    @contextmanager
    def batch(
        self, stage: str, traceparents: Iterable[str | None], attributes: Values
    ) -> Iterator[Span]:
        """Span a batch, linked to all that is in it; and in the trace of each a span of its own."""
        members = _remote(traceparents)
        links = [Link(one) for one in members]
        with ExitStack() as stack:
            whole = stack.enter_context(
                self._tracer.start_as_current_span(
                    f"{stage} batch", attributes=attributes, links=links
                )
            )
            link = [Link(whole.get_span_context())]
            own = [
                self._tracer.start_span(stage, _of(member), attributes=attributes, links=link)
                for member in members
            ]
            for span in own:
                stack.callback(span.end)
            try:
                yield whole
            except BaseException as error:
                for span in own:
                    span.set_status(Status(StatusCode.ERROR, str(error)))
                raise


def traceparent(span: Span) -> str:
    """Write where a span is, for those that follow (W3C Trace Context, section 3.2)."""
    found = span.get_span_context()
    return f"00-{found.trace_id:032x}-{found.span_id:016x}-{found.trace_flags:02x}"


def _context(traceparent: str | None) -> Context:
    return _PROPAGATOR.extract({"traceparent": traceparent or ""}, Context())


def _parent(traceparent: str | None) -> Context | None:
    """Choose what to be within: what runs now if it is in the same trace, else what is named."""
    named = _context(traceparent)
    asked = trace.get_current_span(named).get_span_context()
    now = trace.get_current_span().get_span_context()
    return named if asked.is_valid and asked.trace_id != now.trace_id else None


def _remote(traceparents: Iterable[str | None]) -> list[SpanContext]:
    found = (
        trace.get_current_span(_context(one)).get_span_context()
        for one in dict.fromkeys(traceparents)
    )
    return [one for one in found if one.is_valid]


def _of(member: SpanContext) -> Context:
    return trace.set_span_in_context(trace.NonRecordingSpan(member), Context())
