"""The CloudEvents SDKs of others as senders, as readers, and as judges of 20,000 events."""

import asyncio
import base64
import json
import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import azure.functions as func
import pytest
from cloudevents.core.bindings.http import to_binary_event, to_structured_event
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from shared.domain.shop import domain
from shared.kernel.messages.envelope import encode, envelopes
from shared.kernel.messages.notification import cloud_event
from tests.consumers.webhooks.worlds import CARRIER, SECRET, World
from tests.figures import note
from tests.kernel.worlds import commit, received
from tests.notifications.page import example_of
from tests.specs.shop import TOLD
from tests.wire.made_events import Made, Maker
from tests.wire.sdks import BATCH, STRUCTURED, Sent, javascript, python_reads

EVENTS = 20_000
NODE = pytest.mark.skipif(not shutil.which("npm"), reason="there is no Node here")
# It installs a package from the registry.
pytestmark = pytest.mark.proof


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("javascript")


async def taken(world: World, sent: Sent) -> int:
    headers = {**sent.headers, "webhook-secret": SECRET}
    request = func.HttpRequest("POST", "/api/webhooks", headers=headers, body=sent.body)
    status: int = (await world.receiver.receive(request)).status_code
    return status


def an_event(number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": f'p {number} é "%"',
        "source": "/carriers/fast",
        "type": CARRIER,
        "datacontenttype": "application/json",
        "subject": "ünïcode",
        **more,
    }


async def test_what_the_sdk_for_python_sends_is_taken_in_every_mode() -> None:
    world = World()
    for number in range(10):
        for mode, write in (("b", to_binary_event), ("s", to_structured_event)):
            data = {"orderId": f"{mode}{number}", "customerId": "C1"}
            event = CloudEvent({**an_event(number), "id": f"{mode} {number} é%"}, data)
            message = write(event)
            assert await taken(world, Sent(message.headers, message.body)) == 200
    events = [
        CloudEvent({**an_event(n), "id": f"a{n}"}, {"orderId": f"a{n}", "customerId": "C1"})
        for n in range(10)
    ]
    batch = [json.loads(JSONFormat().write(event)) for event in events]
    assert await taken(world, Sent({"content-type": BATCH}, json.dumps(batch).encode())) == 200

    wanted = {f"order-{mode}{number}" for mode in "bsa" for number in range(10)}
    assert {stream for stream, _ in world.effects()} == wanted
    assert await world.parked() == []


@NODE
async def test_what_the_sdk_for_javascript_sends_is_taken_in_every_mode(folder: Path) -> None:
    # It writes no percents into headers: what it sends as text is text.
    events = [
        {
            **an_event(number, subject="plain"),
            "id": f"p-{number}",
            "data": {"orderId": f"O{number}", "customerId": "C1"},
        }
        for number in range(10)
    ]
    for modes in javascript("write", events, folder):
        world = World()
        for mode in modes:
            headers = {name.lower(): value for name, value in mode["headers"].items()}
            assert await taken(world, Sent(headers, base64.b64decode(mode["body"]))) == 200
        # Each mode says the same of the same event: it takes effect once, and nothing is parked.
        assert (len(world.effects()), await world.parked()) == (1, [])


def ours() -> list[dict[str, Any]]:
    """Give what we send: envelopes, and a notification of each kind."""
    traced = commit(2, received(7), received(8))
    metadata = replace(
        traced.metadata, traceparent=f"00-{'1' * 32}-{'2' * 16}-01", tracestate="a=b"
    )
    sent = [json.loads(encode(one)) for one in envelopes(replace(traced, metadata=metadata))]
    return [*sent, *(dict(cloud_event(example_of(one, TOLD))) for one in domain.enrichers)]


def test_the_sdk_for_python_reads_what_we_send() -> None:
    for event in ours():
        [read] = python_reads(Sent({"content-type": STRUCTURED}, json.dumps(event).encode())) or []

        named = {name: value for name, value in event.items() if name not in {"data", "time"}}
        assert {name: read.get_attributes()[name] for name in named} == named
        assert read.get_data() == event["data"]
        assert read.get_time().isoformat().replace("+00:00", "") in event["time"]


@NODE
def test_the_sdk_for_javascript_reads_what_we_send(folder: Path) -> None:
    events = ours()
    alone = [Sent({"content-type": STRUCTURED}, json.dumps(event).encode()) for event in events]
    batch = Sent({"content-type": BATCH}, json.dumps(events).encode())

    *singly, together = javascript("read", [one.shown() for one in (*alone, batch)], folder)

    assert [one for [one] in singly] == together
    for event, read in zip(events, together, strict=True):
        assert {name: read[name] for name in event if name != "time"} == {
            name: value for name, value in event.items() if name != "time"
        }


def judged(made: list[Made], folder: Path) -> list[bool]:
    """Say of each delivery whether both SDKs accept it."""
    theirs = javascript("judge", [one.sent.shown() for one in made], folder)
    return [
        accepted and python_reads(one.sent) is not None
        for one, accepted in zip(made, theirs, strict=True)
    ]


@NODE
async def test_what_both_accept_is_accepted_and_nothing_of_it_is_lost(
    folder: Path, pytestconfig: pytest.Config
) -> None:
    made = Maker(seed=24).deliveries(EVENTS)
    accepted = await asyncio.to_thread(judged, made, folder)
    world, statuses = World(), Counter[int]()
    wrong: list[tuple[bool, int, Sent]] = []
    kept: set[tuple[str, str, str]] = set()

    for one, right in zip(made, accepted, strict=True):
        status = await taken(world, one.sent)
        statuses[status] += 1
        if status != (200 if right else 400):
            wrong.append((right, status, one.sent))
        if status == 200:
            kept |= {(source, id_, order) for source, id_, order in one.events if order is not None}

    assert wrong[:5] == []
    effects = {stream for stream, _ in world.effects()}
    parked = {
        (one.envelope["source"], one.envelope["id"])
        for one in world.parking.markers()
        if one.envelope is not None
    }
    lost = [
        (source, id_, order)
        for source, id_, order in kept
        if (f"order-{order}" not in effects if order else (source, id_) not in parked)
    ]
    assert lost[:5] == []
    note(
        pytestconfig,
        f"CloudEvents judged by both SDKs: {EVENTS:,} in {len(made):,} deliveries, {statuses[200]:,} taken,"
        f" {statuses[400]:,} refused, {len(effects):,} with their effect, {len(parked):,} parked, 0 lost",
    )
