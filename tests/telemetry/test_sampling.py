"""Which traces are kept: a share of those that begin here, and all of those that the host keeps."""

import json

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, TraceIdRatioBased
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags, set_span_in_context

from consumers.webhooks.delivery_bodies import parse
from shared.adapters import telemetry
from shared.adapters.memory import MemoryLog
from shared.adapters.otel.exporting import sampler
from shared.adapters.settings import Exporters
from shared.domain.shop import domain
from tests.command_api.calls import assembled, post, post_command
from tests.telemetry.worlds import World

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


# It is below every bound that a sampler can set for a share.
CHOSEN = f"{7:032x}"


def asked(world: World, flags: str) -> list[str | None]:
    """Ask 400 times in traces that a client has chosen; gives what follows each request."""
    found = []
    for _ in range(400):
        with world.watcher.request("POST", "a", f"00-{CHOSEN}-{1:016x}-{flags}"):
            found.append(world.watcher.here())
    return found


def test_a_client_that_samples_its_traces_gets_no_more_than_the_share() -> None:
    world = World(sampler=TraceIdRatioBased(0.5))

    followed = asked(world, "01")

    kept_spans = world.of("POST a")
    assert 100 < len(kept_spans) < 300
    assert len([one for one in followed if one and one.endswith("-01")]) == len(kept_spans)
    assert {one.split("-")[1] for one in followed if one} == {CHOSEN}


def test_what_a_client_does_not_sample_is_not_kept() -> None:
    world = World()

    assert {(one or "")[-3:] for one in asked(world, "00")} == {"-00"}
    assert world.of("POST a") == []


def test_a_partner_that_samples_its_events_gets_no_more_than_the_share(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World(sampler=ALWAYS_OFF)
    monkeypatch.setattr(telemetry, "watcher", lambda: world.watcher)
    event = {
        "specversion": "1.0",
        "id": "e1",
        "source": "/carriers/fast",
        "type": "some",
        "traceparent": f"00-{CHOSEN}-{1:016x}-01",
        "data": {},
    }

    (taken,) = parse({"content-type": "application/cloudevents+json"}, json.dumps(event).encode())

    assert taken.traceparent == f"00-{CHOSEN}-{1:016x}-00"


async def test_a_command_that_waits_is_followed_as_its_request_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world, application = World(sampler=ALWAYS_OFF), assembled(domain)
    monkeypatch.setattr(telemetry, "watcher", lambda: world.watcher)
    traceparent = f"00-{CHOSEN}-{1:016x}-01"
    request = post(
        "receive-stock", {"quantity": 1}, Prefer="respond-async", traceparent=traceparent
    )

    with world.watcher.request("POST", "a", traceparent):
        assert (await post_command(request, application)).status_code == 202

    mailbox = await application.mailbox()
    assert isinstance(mailbox, MemoryLog)
    (body,) = [body for bodies in mailbox.messages for body in bodies]
    waiting = json.loads(body)["metadata"]["traceparent"]
    assert (waiting.split("-")[1], waiting[-2:]) == (CHOSEN, "00")
