"""Every message comes out of every wire as it went in, and every schema that was ever stored is still read."""

import json
from dataclasses import replace
from typing import Any

import pytest
from azure.functions.eventgrid import EventGridEventInConverter
from azure.functions.meta import Datum
from hypothesis import given, settings
from hypothesis import strategies as st

from command_api.parsing import command_headers, command_request
from consumers.webhooks.delivery_bodies import parse
from consumers.webhooks.event_grid_trigger import body_of
from shared.adapters.cosmos.codec import from_items, to_item
from shared.kernel.commands.category import Category, record
from shared.kernel.commands.expected_version import Expected
from shared.kernel.commands.queued_command import encode_command, request_of, stream_of
from shared.kernel.commands.request import CommandRequest
from shared.kernel.messages.commit import Commit, Metadata, RecordedEvent
from shared.kernel.messages.envelope import Envelope, decode, encode_all, envelopes
from shared.kernel.messages.inbound_event import InboundReceptor
from shared.kernel.messages.json_reading import read
from shared.kernel.messages.message import Command, Event, PublicEvent, route_name, type_name
from shared.kernel.messages.notification import cloud_event, notification
from shared.kernel.messages.stream import StreamName
from shared.kernel.reactions.enricher import Enricher
from shared.kernel.views.view import View
from tests.active import SHIPPED, domain
from tests.command_api.calls import post
from tests.consumers.webhooks.worlds import cloud, grid
from tests.kernel.asking import NOON
from tests.specs.all import SPECS
from tests.specs.samples import Samples
from tests.specs.ways import category_of
from tests.wire.values import values

STORED = Samples.read(SHIPPED)
METADATA = Metadata("correlation", "cause")
SOME = settings(max_examples=30)

EVENTS = [(category, event) for category in domain.categories for event in category.events]
ROUTED = [(category, one) for category in domain.categories for one in category.commands]
COMMANDS = [
    *ROUTED,
    *((category, one) for category in domain.categories for one in category.process_commands),
]


def named(value: Any) -> str:
    return value.name if hasattr(value, "name") else type_name(value)


def through_store_and_log(category: Category, recorded: RecordedEvent) -> Event:
    """Put an event into a commit, the store, the change feed, an envelope and the log, and read it there."""
    commit = Commit(f"{category.name}-1", 1, "c", "0" * 64, (recorded,), METADATA, NOON)
    (read,) = from_items(json.dumps([to_item(commit)]))
    (body,) = encode_all(read)
    envelope = decode(body)
    return category.decode(envelope.type, envelope.schema_number, envelope.data)


@pytest.mark.parametrize(("category", "event"), EVENTS, ids=named)
@SOME
@given(data=st.data())
def test_every_event_survives_the_store_and_the_log(
    category: Category, event: type[Event], data: st.DataObject
) -> None:
    original = data.draw(values(event))

    assert through_store_and_log(category, record(original)) == original


@pytest.mark.parametrize("name", STORED.events)
def test_every_schema_that_was_ever_stored_comes_out_of_the_log_as_an_event_of_today(
    name: str,
) -> None:
    of, type_, number = name.split("/")
    category, sample = domain.category(of), STORED.events[name]

    event = through_store_and_log(category, RecordedEvent(type_, int(number), sample))

    assert record(event).schema_number == type(event).schema_number
    assert through_store_and_log(category, record(event)) == event


@pytest.mark.parametrize("category", domain.categories, ids=named)
def test_every_upcaster_has_a_sample_that_it_reads(category: Category) -> None:
    events = {f"{category.name}/{type_}/{number}" for type_, number in category.upcasters}
    missing = {*(events - STORED.events.keys())}
    missing |= category.snapshots.upcasters.keys() - STORED.snapshots.keys()

    assert not missing, f"`make shipped` keeps no sample of {missing}: only what it keeps is upcast"


@pytest.mark.parametrize("category", domain.categories, ids=named)
def test_every_state_of_the_specs_survives_a_snapshot(category: Category) -> None:
    decider = category.decider
    for spec in (spec for spec in SPECS if category_of(type(spec.when)) is category):
        state = decider.fold(decider.initial_state, spec.given)
        commit = Commit(
            *(
                f"{category.name}-1",
                1,
                "c",
                "0" * 64,
                (RecordedEvent("Any", 1, {}),),
                METADATA,
                NOON,
            ),
            snapshot=category.snapshots.write(state),
        )
        (read,) = from_items(json.dumps([to_item(commit)]))

        assert read.snapshot is not None
        assert category.snapshots.read(read.snapshot) == state


@pytest.mark.parametrize(("category", "command"), ROUTED, ids=named)
@SOME
@given(data=st.data())
def test_every_command_comes_in_over_http_as_it_is(
    category: Category, command: type[Command], data: st.DataObject
) -> None:
    original = data.draw(values(command))
    body = original.model_dump_json().encode()

    sent = post(route_name(command), body, category=category.name)

    request = command_request(sent, command_headers(sent), domain, None)

    assert request.command == original


@pytest.mark.parametrize(("category", "command"), ROUTED, ids=named)
@SOME
@given(data=st.data())
def test_every_command_comes_out_of_the_mailbox_as_it_went_in(
    category: Category, command: type[Command], data: st.DataObject
) -> None:
    target = StreamName(category.name, "1")
    original = CommandRequest(
        target, data.draw(values(command)), "c", METADATA, expected=Expected.at(7)
    )

    waiting, stream = stream_of(encode_command(original, NOON))

    kept = replace(original, metadata=replace(METADATA, accepted=NOON))
    assert (request_of(waiting, domain), stream) == (kept, target)


@pytest.mark.parametrize(("category", "command"), COMMANDS, ids=named)
@SOME
@given(data=st.data())
def test_every_command_is_told_by_its_digest_wherever_it_was_made(
    category: Category, command: type[Command], data: st.DataObject
) -> None:
    target, original = StreamName(category.name, "1"), data.draw(values(command))
    content = json.loads(json.dumps(original.model_dump(mode="json"), sort_keys=True))
    again = read(command, content)

    assert again == original
    first, second = (CommandRequest(target, one, "c", METADATA) for one in (original, again))
    assert first.digest == second.digest


@pytest.mark.parametrize("enricher", domain.enrichers, ids=named)
@SOME
@given(data=st.data())
def test_every_public_event_can_be_read_by_who_is_told(
    enricher: Enricher[Any, Any, Any], data: st.DataObject
) -> None:
    public: type[PublicEvent] = enricher.public
    event, told = data.draw(values(enricher.event)), data.draw(values(public))
    commit = Commit(
        f"{enricher.category.name}-1", 1, "c", "0" * 64, (record(event),), METADATA, NOON
    )
    (envelope,) = envelopes(commit)

    assert read_as(public, enricher, envelope, event) == enricher.enrich(envelope.stream, event, {})
    assert public.model_validate_json(told.model_dump_json()) == told


def read_as(
    public: type[PublicEvent], enricher: Enricher[Any, Any, Any], envelope: Envelope, event: Event
) -> PublicEvent:
    """Read the data of a notification, as it is sent."""
    made = notification(domain.public_type(enricher), enricher, envelope, event, {})
    sent = json.dumps(cloud_event(made))
    return public.model_validate_json(json.dumps(json.loads(sent)["data"]))


@pytest.mark.parametrize("receptor", domain.inbound, ids=named)
@SOME
@given(data=st.data())
def test_the_data_of_every_event_of_others_is_read_whichever_way_it_comes(
    receptor: InboundReceptor[Any], data: st.DataObject
) -> None:
    original = data.draw(values(receptor.data))
    told = {**original.model_dump(mode="json", by_alias=True), "somethingNew": [1, None]}
    sent = [make("e1", receptor.event_type, told) for make in (cloud, grid)]

    received = [*parse({}, json.dumps(sent).encode()), *map(handed_over, sent)]

    assert [read(receptor.data, event.data) for event in received] == [original] * 4


def handed_over(event: dict[str, Any]) -> Any:
    datum = Datum(type="json", value=json.dumps(event))
    (read,) = parse({}, body_of(EventGridEventInConverter.decode(datum, trigger_metadata={})))
    return read


@pytest.mark.parametrize("view", domain.views, ids=named)
@SOME
@given(data=st.data())
def test_the_data_of_every_row_survives_the_store(view: View[Any], data: st.DataObject) -> None:
    original = data.draw(values(view.data_type))

    stored = json.loads(json.dumps(original.model_dump(mode="json")))

    assert read(view.data_type, stored) == original
