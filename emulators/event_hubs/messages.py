"""The message format: a batch taken apart, an event annotated, a request read and answered."""

import struct
from dataclasses import dataclass
from typing import NamedTuple

from emulators.event_hubs.decoding import decode, skip
from emulators.event_hubs.encoding import encode
from emulators.event_hubs.refusals import DECODE_ERROR, RefusedError
from emulators.event_hubs.values import Symbol, Value

BATCH_FORMAT = 0x80013700
PARTITION_KEY = Symbol("x-opt-partition-key")

_HEADER, _DELIVERY_ANNOTATIONS, _ANNOTATIONS, _PROPERTIES = 0x70, 0x71, 0x72, 0x73
_APPLICATION_PROPERTIES, _DATA, _VALUE = 0x74, 0x75, 0x77
_REPLY_TO = 4
# What an event that was received and is sent again still carries; the service writes its own.
_REPLACED = {"x-opt-sequence-number", "x-opt-offset", "x-opt-enqueued-time", PARTITION_KEY}

_SEQUENCE = encode(Symbol("x-opt-sequence-number")) + b"\x81"
_TIME = encode(Symbol("x-opt-enqueued-time")) + b"\x83"
_OFFSET = encode(Symbol("x-opt-offset"))
_KEY = encode(PARTITION_KEY)
_LONG = struct.Struct(">q")
_MARK = bytes((0x00, 0x53, _ANNOTATIONS))
_MAP = struct.Struct(">3sBII")


class Event(NamedTuple):
    """An event as it is stored: its partition key, and its sections without those of the way here.

    They begin with its header and its own annotations, if it has any.
    """

    key: str | None
    sections: bytes


@dataclass(frozen=True, slots=True)
class Content:
    """What an event says: annotations of its own, its application properties, its body if that is binary."""

    annotations: dict[str, Value]
    properties: dict[str, Value]
    body: bytes | None


@dataclass(frozen=True, slots=True)
class Request:
    """A message to `$cbs` or `$management`."""

    id: Value
    reply_to: Value
    properties: dict[str, Value]
    value: Value


def read_event(message: bytes) -> Event:
    """Take off what does not outlive the way here: delivery annotations, and those that the service writes."""
    at, key, kept = 0, None, b""
    while (section := _section(message, at)) <= _ANNOTATIONS:
        end = skip(message, at + 3)
        if section == _HEADER:
            kept += message[at:end]
        elif section == _ANNOTATIONS:
            annotations, _ = decode(message, at + 3)
            key = _read_key(annotations)
            own = {name: value for name, value in annotations.items() if name not in _REPLACED}
            kept += _MARK + encode(own) if own else b""
        at = end
    return Event(key, kept + message[at:])


def read_batch(payload: bytes) -> tuple[str | None, list[Event]]:
    """Give the partition key of a batch, and its events: every Data section holds one message."""
    key, data = read_event(payload)
    events, at, size = [], 0, len(data)
    while at < size and _section(data, at) < _DATA:
        at = skip(data, at + 3)
    while at < size:
        if _section(data, at) != _DATA:
            raise RefusedError(DECODE_ERROR, "A batch has Data sections only.")
        end = skip(data, at + 3)
        begin = at + (5 if data[at + 3] == 0xA0 else 8)  # noqa: PLR2004 - binary with a short size
        event = read_event(data[begin:end])
        events.append(event if event.key is not None else event._replace(key=key))
        at = end
    return key, events


def read_content(event: Event) -> Content:
    """Read the sections of a stored event; a body in several parts is one."""
    sections: dict[int, Value] = {}
    body, at = None, 0
    while at < len(event.sections):
        section = _section(event.sections, at)
        value, at = decode(event.sections, at + 3)
        if section == _DATA:
            body = (body or b"") + value
        sections[section] = value
    properties = sections.get(_APPLICATION_PROPERTIES) or {}
    return Content(sections.get(_ANNOTATIONS) or {}, properties, body)


def annotate(event: Event, sequence: int, offset: str, enqueued: int) -> bytes:
    """Write a stored event as readers get it, without what stands before its annotations."""
    pairs = (
        _SEQUENCE + _LONG.pack(sequence) + _TIME + _LONG.pack(enqueued) + _OFFSET + encode(offset)
    )
    count = 6
    if event.key is not None:
        pairs, count = pairs + _KEY + encode(event.key), count + 2
    sections = event.sections
    if sections.startswith(_MARK):
        own, end = decode(sections, 3)
        pairs += b"".join(encode(name) + encode(value) for name, value in own.items())
        sections, count = sections[end:], count + 2 * len(own)
    return _MAP.pack(_MARK, 0xD1, len(pairs) + 4, count) + pairs + sections


def split_header(event: Event) -> tuple[bytes, Event]:
    """Part an event from its header, which stands before everything that is said of a delivery."""
    if event.sections[2] != _HEADER:
        return b"", event
    end = skip(event.sections, 3)
    return event.sections[:end], event._replace(sections=event.sections[end:])


def delivery_annotations(values: dict[str, Value]) -> bytes:
    """Write the section that stands before an annotated event."""
    named = {Symbol(name): value for name, value in values.items()}
    return bytes((0x00, 0x53, _DELIVERY_ANNOTATIONS)) + encode(named)


def read_request(message: bytes) -> Request:
    """Read a message to one of the service's own nodes."""
    sections: dict[int, Value] = {}
    at = 0
    while at < len(message):
        section = _section(message, at)
        sections[section], at = decode(message, at + 3)
    properties = sections.get(_PROPERTIES) or [None]
    reply_to = properties[_REPLY_TO] if len(properties) > _REPLY_TO else None
    return Request(
        properties[0], reply_to, sections.get(_APPLICATION_PROPERTIES, {}), sections.get(_VALUE)
    )


def write_response(
    request: Request, properties: dict[str, Value], value: dict[Value, Value] | None
) -> bytes:
    """Write the answer to a request; it is found by the correlation id, the sixth property."""
    return b"".join(
        bytes((0x00, 0x53, section)) + encode(content)
        for section, content in (
            (_PROPERTIES, [None] * 5 + [request.id]),
            (_APPLICATION_PROPERTIES, properties),
            (_VALUE, value),
        )
    )


def _section(message: bytes, at: int) -> int:
    try:
        described, small, section = message[at : at + 3]
    except ValueError:
        raise RefusedError(DECODE_ERROR, "A message ends before its body.") from None
    if described != 0 or small != 0x53 or not _HEADER <= section <= 0x78:  # noqa: PLR2004 - the footer
        raise RefusedError(DECODE_ERROR, f"No section of a message begins at byte {at}.")
    return section


def _read_key(annotations: dict[str, Value]) -> str | None:
    key = annotations.get(PARTITION_KEY)
    # The service passes over a key that is no text, and so sends the event round robin.
    return key if isinstance(key, str) else None
