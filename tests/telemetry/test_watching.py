"""What is seen of commands, writes, batches and parked streams, taken in memory."""

import asyncio
import logging
from collections.abc import Iterator
from dataclasses import replace

import pytest
from opentelemetry import trace
from opentelemetry.instrumentation.logging.handler import LoggingHandler
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor
from opentelemetry.trace import SpanKind, TraceFlags

from shared.adapters.memory import MemoryLog, MemoryParking
from shared.adapters.otel.messages import WatchedLog, handled
from shared.adapters.otel.metric_names import COMMANDS, CONFLICTS, FAILURES, LAG, PARKED
from shared.adapters.otel.parking import WatchedParking
from shared.domain.shop.item.commands import ReceiveStock, RegisterItem, ReserveStock
from shared.kernel.delivery.parking import Parked
from shared.kernel.errors import CommandIdReused
from tests.kernel.asking import NOON
from tests.kernel.worlds import commit
from tests.telemetry.worlds import World, numbered

TRACES = [f"{number:032x}" for number in range(1, 4)]


def from_client(trace: str, flags: str = "01") -> str:
    return f"00-{trace}-{1:016x}-{flags}"


@pytest.fixture
def world() -> World:
    return World()


async def test_commands_are_counted_by_what_they_came_to(world: World) -> None:
    await world.ask(RegisterItem(name="Teapot", reorder_point=2), "a")
    await world.ask(ReceiveStock(quantity=1), "b")
    await world.ask(ReceiveStock(quantity=1), "b")
    await world.ask(ReserveStock(reservation_id="r", quantity=5), "c")
    with pytest.raises(CommandIdReused):
        await world.ask(ReceiveStock(quantity=2), "b")

    assert world.measured(COMMANDS) == {
        ("RegisterItem", "accepted"): 1,
        ("ReceiveStock", "accepted"): 1,
        ("ReceiveStock", "repeated"): 1,
        ("ReserveStock", "refused"): 1,
        ("ReceiveStock", CommandIdReused.code): 1,
    }


async def test_a_commit_leads_to_the_command_that_wrote_it(world: World) -> None:
    await world.ask(RegisterItem(name="Teapot", reorder_point=2), "a", from_client(TRACES[0]))

    (command,) = world.of("command RegisterItem")
    (written,) = world.store.commits()
    assert command.context is not None
    assert command.parent is not None
    assert f"{command.context.trace_id:032x}" == TRACES[0]
    assert written.metadata.traceparent == f"00-{TRACES[0]}-{command.context.span_id:016x}-01"


async def test_what_a_client_does_not_trace_stays_untraced_and_keeps_its_trace_id(
    world: World,
) -> None:
    command = RegisterItem(name="Teapot", reorder_point=2)
    await world.ask(command, "a", from_client(TRACES[0], flags="00"))

    (written,) = world.store.commits()
    assert world.spans.get_finished_spans() == ()
    assert (written.metadata.traceparent or "").split("-")[1::2] == [TRACES[0], "00"]


async def test_a_write_for_several_commands_is_linked_to_all_of_them(world: World) -> None:
    await world.ask(RegisterItem(name="Teapot", reorder_point=2), "a")
    world.store.hold = asyncio.Event()
    first = asyncio.create_task(world.ask(ReceiveStock(quantity=1), "first"))
    await world.store.held.wait()
    others = [
        asyncio.create_task(world.ask(ReceiveStock(quantity=1), trace, from_client(trace)))
        for trace in TRACES
    ]
    await asyncio.sleep(0)
    world.store.hold.set()
    await asyncio.gather(first, *others)

    last = world.of("commit")[-1]
    reached = {f"{link.context.trace_id:032x}" for link in last.links}
    assert last.context is not None
    assert {f"{last.context.trace_id:032x}", *reached} == set(TRACES)


def test_a_request_is_within_the_span_that_the_host_has_for_it(world: World) -> None:
    host = trace.NonRecordingSpan(
        trace.SpanContext(int(TRACES[0], 16), 7, is_remote=True, trace_flags=TraceFlags(1))
    )
    with trace.use_span(host), world.watcher.request("POST", "a", from_client(TRACES[1])):
        pass
    with world.watcher.request("POST", "a", from_client(TRACES[1])):
        pass

    hosted, alone = world.of("POST a")
    assert (hosted.kind, alone.kind) == (SpanKind.INTERNAL, SpanKind.SERVER)
    assert hosted.parent is not None
    assert alone.parent is not None
    assert hosted.parent.span_id == 7
    assert f"{alone.parent.trace_id:032x}" == TRACES[1]


async def test_a_command_of_another_trace_leaves_that_of_the_batch_around_it(world: World) -> None:
    body = f'{{"traceparent": "{from_client(TRACES[0])}"}}'.encode()
    with handled("react", numbered(body), world.watcher):
        command = RegisterItem(name="Teapot", reorder_point=2)
        await world.ask(command, "a", from_client(TRACES[0]))

    (span,) = world.of("command RegisterItem")
    assert span.context is not None
    assert f"{span.context.trace_id:032x}" == TRACES[0]


async def test_a_write_that_met_others_is_counted(world: World) -> None:
    await world.watched_store.append([commit(1)])
    await world.watched_store.append([commit(1, command_id="another")])

    assert world.measured(CONFLICTS) == {(): 1}


async def test_a_batch_has_a_span_in_the_trace_of_each_message(world: World) -> None:
    bodies = [
        *(
            f'{{"time": "{NOON}", "traceparent": "{from_client(trace)}"}}'.encode()
            for trace in TRACES
        ),
        b"no envelope",
        b"[]",
        b'{"time": 7, "traceparent": 7}',
    ]
    with handled("project", numbered(*bodies), world.watcher):
        pass

    (batch,) = world.of("project batch")
    own = world.of("project")
    assert len(batch.links) == len(own) == len(TRACES)
    assert {f"{span.context.trace_id:032x}" for span in own if span.context} == set(TRACES)
    assert all(span.links[0].context == batch.context for span in own)
    assert world.measured(LAG)[("project",)] > 0


async def test_a_command_that_waits_is_seen_in_its_trace(world: World) -> None:
    waiting = f'{{"metadata": {{"time": "{NOON}", "traceparent": "{from_client(TRACES[0])}"}}}}'
    with handled("mailbox", numbered(waiting.encode()), world.watcher):
        pass

    (own,) = world.of("mailbox")
    assert own.context
    assert f"{own.context.trace_id:032x}" == TRACES[0]
    assert world.measured(LAG)[("mailbox",)] > 0


async def test_a_batch_that_fails_says_so_in_every_trace(world: World) -> None:
    body = f'{{"traceparent": "{from_client(TRACES[0])}"}}'.encode()
    with pytest.raises(ValueError, match="no"), handled("project", numbered(body), world.watcher):
        raise ValueError("no")

    assert world.measured(FAILURES) == {("project",): 1}
    assert [span.status.is_ok for span in (*world.of("project"), *world.of("project batch"))] == [
        False,
        False,
    ]
    # What an error says may be about people: the span tells its kind alone.
    assert {one.status.description for one in world.of("project batch")} == {"ValueError"}
    assert [event for span in world.spans.get_finished_spans() for event in span.events] == []


async def test_what_is_sent_to_the_log_is_sent_as_it_is(world: World) -> None:
    log = MemoryLog(partitions=2)
    watched_log = WatchedLog(log, world.watcher)

    await watched_log.send(1, [b"{}"])

    assert (watched_log.partitions, watched_log.largest) == (log.partitions, log.largest)
    assert log.messages[1] == [b"{}"]


@pytest.fixture
def logs() -> Iterator[InMemoryLogRecordExporter]:
    exporter = InMemoryLogRecordExporter()  # type: ignore[no-untyped-call]
    loggers = LoggerProvider()
    loggers.add_log_record_processor(SimpleLogRecordProcessor(exporter))
    handler = LoggingHandler(logger_provider=loggers)
    logging.getLogger().addHandler(handler)
    yield exporter
    logging.getLogger().removeHandler(handler)


async def test_a_parked_stream_is_counted_and_logged_in_its_trace(
    world: World, logs: InMemoryLogRecordExporter
) -> None:
    parking = WatchedParking(MemoryParking(), world.watcher)
    envelope = {"correlationid": "order-7"}
    traceparent = from_client(TRACES[0])
    marker = Parked("projections", "item-a", 3, 3, "boom", NOON, envelope, traceparent)

    await parking.park(marker)
    await parking.seen("projections", "item-a", 4)
    held = await parking.find("projections", "item-a")
    assert held is not None
    assert await parking.move(held, replace(held.marker, error="bang"))
    assert not await parking.move(held, marker)

    assert world.measured(PARKED) == {("projections",): 2}
    line, moved = (one.log_record for one in logs.get_finished_logs())
    assert (line.body, moved.body) == ("parked: boom", "parked: bang")
    assert f"{line.trace_id:032x}" == TRACES[0]
    assert (line.attributes or {})["onewrite.correlation_id"] == "order-7"
    assert [one.last_seen for one in await parking.parked("projections")] == [4]


async def test_in_a_cloud_a_parked_stream_is_logged_without_what_the_error_says(
    world: World, logs: InMemoryLogRecordExporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEBSITE_SITE_NAME", "func-consumers")
    parking = WatchedParking(MemoryParking(), world.watcher)

    await parking.park(Parked("reactions", "order-7", 3, 3, "order-7@3: Ann lives there", NOON))

    (line,) = (one.log_record for one in logs.get_finished_logs())
    assert line.body == "parked: order-7@3"
    assert "Ann" not in str(line.attributes)
