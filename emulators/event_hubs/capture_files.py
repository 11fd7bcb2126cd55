"""The files of Capture: events in Avro, in the schema of the service; a file is there whole, or not at all."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from fastavro import parse_schema
from fastavro.write import Writer

from emulators.event_hubs.log import Stored
from emulators.event_hubs.messages import PARTITION_KEY, read_content
from emulators.event_hubs.positions import offset_of
from emulators.event_hubs.values import Value

_VALUES: Final = ["long", "double", "string", "bytes"]
SCHEMA: Final = parse_schema(
    {
        "type": "record",
        "name": "EventData",
        "namespace": "Microsoft.ServiceBus.Messaging",
        "fields": [
            {"name": "SequenceNumber", "type": "long"},
            {"name": "Offset", "type": "string"},
            {"name": "EnqueuedTimeUtc", "type": "string"},
            {"name": "SystemProperties", "type": {"type": "map", "values": _VALUES}},
            {"name": "Properties", "type": {"type": "map", "values": [*_VALUES, "null"]}},
            {"name": "Body", "type": ["null", "bytes"]},
        ],
    }
)
_LONG: Final = 1 << 63


async def write_file(path: Path, pages: AsyncIterator[list[Stored]]) -> None:
    """Write events to a file that has its name once it is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    with unfinished.open("wb") as file:
        writer = Writer(file, SCHEMA)
        async for page in pages:
            for stored in page:
                writer.write(record(stored))
        writer.flush()
    unfinished.rename(path)


def record(stored: Stored) -> dict[str, Any]:
    """Make the record of an event."""
    content = read_content(stored.event)
    system = {"x-opt-enqueued-time": stored.enqueued, **content.annotations}  # guessed
    if stored.event.key is not None:
        system[PARTITION_KEY] = stored.event.key
    return {
        "SequenceNumber": stored.sequence,
        "Offset": offset_of(stored.sequence),
        "EnqueuedTimeUtc": _time(stored.enqueued),
        "SystemProperties": {str(name): _value(value) for name, value in system.items()},
        "Properties": {name: _value(value) for name, value in content.properties.items()},
        "Body": content.body,
    }


def _time(milliseconds: int) -> str:
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    hour = (moment.hour - 1) % 12 + 1
    return f"{moment.month}/{moment.day}/{moment.year} {hour}:{moment:%M:%S %p}"


def _value(value: Value) -> Value:  # guessed
    """Keep what the schema has a type for; the rest becomes text."""
    match value:
        case bool():
            return str(value)
        case int() if -_LONG <= value < _LONG:
            return int(value)
        case float() | bytes() | None:
            return value
    return str(value)
