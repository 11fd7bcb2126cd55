"""What reaches a function of a document and of an event: dates rewritten or not, properties as JSON."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from azure.eventhub import EventData
from azure.eventhub._pyamqp.message import Message, Properties

from emulators.host.errors import ConfigurationError
from emulators.host.event_hub import starting_position
from emulators.host.event_values import properties, system_properties
from emulators.host.newtonsoft import rewrite_dates


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("2026-01-02T03:04:05.123450Z", "2026-01-02T03:04:05.12345Z"),
        ("2026-01-02T03:04:05.1234567Z", "2026-01-02T03:04:05.1234567Z"),
        ("2026-01-02T03:04:05.000Z", "2026-01-02T03:04:05Z"),
        ("2026-01-02T03:04:05.100+01:00", "2026-01-02T02:04:05.1+00:00"),
        ("2026-01-02T03:04:05", "2026-01-02T03:04:05"),
        ("/Date(1767323045100)/", "2026-01-02T03:04:05.1Z"),
        ("2026-02-30T03:04:05Z", "2026-02-30T03:04:05Z"),
        ("2026-01-02", "2026-01-02"),
    ],
)
def test_a_date_is_written_as_the_host_writes_it(text: str, written: str) -> None:
    assert rewrite_dates({"a": [text, 1]}) == {"a": [written, 1]}


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (b"text", "text"),
        (b"\xff\x00", "/wA="),
        (None, None),
        (True, True),
        (1.5, 1.5),
        (datetime(2026, 1, 2, tzinfo=UTC), "2026-01-02T00:00:00+00:00"),
        ({b"a": [b"b", UUID(int=2)]}, {"a": ["b", "00000000-0000-0000-0000-000000000002"]}),
    ],
)
def test_a_property_of_any_type_is_json(value: Any, shown: Any) -> None:
    event = EventData(b"")
    event.properties = {b"name": value}

    assert json.loads(json.dumps(properties(event))) == {"name": shown}


def test_what_the_service_says_of_an_event_is_there_by_both_names() -> None:
    annotations: dict[Any, Any] = {
        b"x-opt-sequence-number": 7,
        b"x-opt-offset": b"4294967296",
        b"x-opt-enqueued-time": 1_767_323_045_100,
        b"x-opt-partition-key": b"p",
    }
    about = Properties(message_id=b"m", correlation_id=b"c", content_type=b"text/plain")
    message = Message(data=[b""], message_annotations=annotations, properties=about)

    told = system_properties(EventData._from_message(message))

    assert told == {
        "x-opt-sequence-number": 7,
        "x-opt-offset": "4294967296",
        "x-opt-enqueued-time": "2026-01-02T03:04:05.100+00:00",
        "x-opt-partition-key": "p",
        "message-id": "m",
        "correlation-id": "c",
        "content-type": "text/plain",
        "SequenceNumber": 7,
        "Offset": "4294967296",
        "OffsetString": "4294967296",
        "PartitionKey": "p",
        "EnqueuedTimeUtc": "2026-01-02T03:04:05.100000",
    }


@pytest.mark.parametrize(
    ("options", "position"),
    [
        ({}, "-1"),
        ({"type": "FROMSTART"}, "-1"),
        ({"type": "fromend"}, "@latest"),
        (
            {"type": "fromEnqueuedTime", "enqueuedTimeUtc": "2026-01-02T03:04:05Z"},
            datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        ),
    ],
)
def test_a_partition_without_a_checkpoint_begins_where_host_json_says(
    options: dict[str, Any], position: Any
) -> None:
    assert starting_position(options) == position


def test_a_moment_that_is_none_ends_the_start() -> None:
    with pytest.raises(ConfigurationError, match="enqueuedTimeUtc is 'noon'"):
        starting_position({"type": "fromEnqueuedTime", "enqueuedTimeUtc": "noon"})


def test_an_event_that_says_nothing_has_no_properties() -> None:
    assert properties(EventData(b"")) == {}
    assert system_properties(EventData(b""))["PartitionKey"] is None
