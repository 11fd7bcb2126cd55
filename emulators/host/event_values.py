"""What the host tells a function of an event beside its body: its properties as JSON, whatever they hold."""

import base64
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from azure.eventhub import EventData

ENQUEUED: Final = "x-opt-enqueued-time"


def system_properties(event: EventData) -> dict[str, Any]:
    """Return what the service says of an event: by the names of the trigger, and by those on the wire."""
    enqueued, offset = event.enqueued_time, str(event.offset)
    wire = _named(event.system_properties)
    if ENQUEUED in wire:
        moment = datetime.fromtimestamp(wire[ENQUEUED] / 1000, UTC)
        wire[ENQUEUED] = moment.isoformat(timespec="milliseconds")
    return {
        **wire,
        "SequenceNumber": event.sequence_number,
        "Offset": offset,
        "OffsetString": offset,
        "PartitionKey": event.partition_key.decode() if event.partition_key else None,
        # The host writes the time without a zone: its DateTime has no kind.
        "EnqueuedTimeUtc": f"{enqueued:%Y-%m-%dT%H:%M:%S.%f}" if enqueued else None,
    }


def properties(event: EventData) -> dict[str, Any]:
    """Return what the sender has said of an event."""
    return _named(event.properties or {})


def _named(values: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(_json(name)): _json(value) for name, value in values.items()}


def _json(value: Any) -> Any:  # noqa: ANN401 - whatever a property holds
    match value:
        case None | bool() | int() | float() | str():
            return value
        case bytes():
            return _text(value)
        case UUID():
            return str(value)
        case datetime():
            return value.isoformat()
        case Mapping():
            return _named(value)
        case list() | tuple():
            return [_json(one) for one in value]
        case _:
            return str(value)


def _text(value: bytes) -> str:
    """Return text as it is, and what is none as Base64: the SDK does not tell the two apart."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return base64.b64encode(value).decode()
