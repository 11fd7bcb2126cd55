"""Spans and measurements, whoever takes them."""

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.metrics import Counter, Histogram, Meter
from opentelemetry.sdk.trace.sampling import ALWAYS_ON, Decision, Sampler
from opentelemetry.trace import (
    Link,
    Span,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    Tracer,
)
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from shared.adapters.error_log import tell
from shared.adapters.otel.metric_names import COUNTERS, FAILURES, HISTOGRAMS

type Values = Mapping[str, str | int]

_PROPAGATOR = TraceContextTextMapPropagator()


class Watcher:
    """Opens spans and keeps the instruments."""

    def __init__(self, tracer: Tracer, meter: Meter, sampler: Sampler = ALWAYS_ON) -> None:
        self._tracer = tracer
        self._sampler = sampler
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
    def failures(self, stage: str, met: Callable[[], str]) -> Iterator[None]:
        """Count and log whatever breaks off the work of a stage; `met` names what it was at work on.

        The host logs nothing of it: with OpenTelemetry it drops what its functions raise.
        """
        try:
            yield
        except BaseException as error:
            self.add(FAILURES, 1, {"stage": stage})
            tell(f"{stage} failed{met()}", error)
            raise

    @contextmanager
    def request(self, method: str, route: str, traceparent: str | None) -> Iterator[Span]:
        """Span a request: within the host's own span where it has one, else as the server's."""
        hosted = trace.get_current_span().get_span_context().is_valid
        span = self._tracer.start_span(
            f"{method} {route}",
            context=None if hosted else _context(self.admitted(traceparent)),
            kind=SpanKind.INTERNAL if hosted else SpanKind.SERVER,
            attributes={"http.request.method": method, "http.route": route},
        )
        with _within(span):
            yield span

    def admitted(self, traceparent: str | None) -> str | None:
        """Decide about a trace from outside: it keeps its id, and is sampled no more often than others."""
        asked = _span_context(traceparent)
        if not asked.trace_flags.sampled:
            return traceparent
        # Not by the trace's own id, which its sender has chosen.
        decided = self._sampler.should_sample(Context(), secrets.randbits(128), "edge").decision
        kept = decided is Decision.RECORD_AND_SAMPLE
        return _written(asked, TraceFlags(TraceFlags.SAMPLED if kept else TraceFlags.DEFAULT))

    def here(self) -> str | None:
        """Write the span that runs now, if there is one, for those that follow."""
        now = trace.get_current_span()
        return traceparent(now) if now.get_span_context().is_valid else None

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
        with _within(span):
            yield span

    @contextmanager
    def batch(
        self, stage: str, traceparents: Iterable[str | None], attributes: Values
    ) -> Iterator[Span]:
        """Span a batch, linked to all that is in it; and in the trace of each a span of its own."""
        members = _remote(traceparents)
        links = [Link(one) for one in members]
        with ExitStack() as stack:
            whole = self._tracer.start_span(f"{stage} batch", attributes=attributes, links=links)
            stack.enter_context(_within(whole))
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
                    span.set_status(Status(StatusCode.ERROR, type(error).__name__))
                raise


@contextmanager
def _within(span: Span) -> Iterator[None]:
    """Run within a span, which ends with it; of what breaks it off the span tells the kind.

    What an error says may be about people, and a trace is kept as a share alone: whoever calls logs it.
    """
    with trace.use_span(
        span, end_on_exit=True, record_exception=False, set_status_on_exception=False
    ):
        try:
            yield
        except BaseException as error:
            span.set_status(Status(StatusCode.ERROR, type(error).__name__))
            raise


def traceparent(span: Span) -> str:
    """Write where a span is, for those that follow (W3C Trace Context, section 3.2)."""
    found = span.get_span_context()
    return _written(found, found.trace_flags)


def _written(found: SpanContext, flags: TraceFlags) -> str:
    return f"00-{found.trace_id:032x}-{found.span_id:016x}-{flags:02x}"


def _context(traceparent: str | None) -> Context:
    return _PROPAGATOR.extract({"traceparent": traceparent or ""}, Context())


def _span_context(traceparent: str | None) -> SpanContext:
    return trace.get_current_span(_context(traceparent)).get_span_context()


def _parent(traceparent: str | None) -> Context | None:
    """Choose what to be within: what runs now if it is in the same trace, else what is named."""
    named = _context(traceparent)
    asked = _span_context(traceparent)
    now = trace.get_current_span().get_span_context()
    return named if asked.is_valid and asked.trace_id != now.trace_id else None


def _remote(traceparents: Iterable[str | None]) -> list[SpanContext]:
    found = map(_span_context, dict.fromkeys(traceparents))
    return [one for one in found if one.is_valid]


def _of(member: SpanContext) -> Context:
    return trace.set_span_in_context(trace.NonRecordingSpan(member), Context())
