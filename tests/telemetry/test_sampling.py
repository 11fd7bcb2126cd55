"""Which traces are kept: a share of those that begin here, and all of those that the host keeps."""

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags, set_span_in_context

from shared.adapters.otel.exporting import sampler
from shared.adapters.settings import Exporters

HOST = {"OTEL_TRACES_SAMPLER": "microsoft.fixed_percentage"}


def kept(share: float, host: bool | None) -> int:  # noqa: FBT001 - what the host has decided
    """Returns how many of 400 traces are kept, after a decision of the host if there is one."""
    tracer = TracerProvider(sampler(share)).get_tracer("test")
    found = 0
    for number in range(1, 401):
        flags = TraceFlags(TraceFlags.SAMPLED if host else TraceFlags.DEFAULT)
        parent = SpanContext(number << 55, number, is_remote=True, trace_flags=flags)
        context = None if host is None else set_span_in_context(NonRecordingSpan(parent))
        found += tracer.start_span("some", context).is_recording()
    return found


def test_the_share_of_the_hosts_sampler_is_the_codes_too() -> None:
    assert Exporters.read({**HOST, "OTEL_TRACES_SAMPLER_ARG": "0.02"}).trace_share == 0.02
    assert Exporters.read(HOST).trace_share == 1


def test_other_samplers_are_left_to_opentelemetry() -> None:
    read = Exporters.read({"OTEL_TRACES_SAMPLER": "always_off", "OTEL_TRACES_SAMPLER_ARG": "x"})

    assert read.trace_share is None
    assert sampler(None) is None


@pytest.mark.parametrize(("host", "expected"), [(True, 400), (False, 0)])
def test_what_the_host_has_decided_is_kept_to(host: bool, expected: int) -> None:  # noqa: FBT001
    assert kept(0.5, host) == expected


def test_a_share_of_what_begins_here_is_kept() -> None:
    assert kept(1, None) == 400
    assert kept(0, None) == 0
    assert 100 < kept(0.5, None) < 300
