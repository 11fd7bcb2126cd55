"""Frames of AMQP 1.0: the performatives by name, and the transfer by the thousand.

Every field of a performative is written, nulls included: azure-eventhub 5.15 reads fields by their place.
"""

import asyncio
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from emulators.event_hubs.decoding import decode
from emulators.event_hubs.encoding import encode_list
from emulators.event_hubs.performatives import FIELDS, Performative
from emulators.event_hubs.refusals import DECODE_ERROR, NOT_IMPLEMENTED, RefusedError
from emulators.event_hubs.values import Described, Value

# What the service offers; a frame to a client is never larger either.
MAX_FRAME_SIZE = 65536
AMQP_HEADER = b"AMQP\x00\x01\x00\x00"
SASL_HEADER = b"AMQP\x03\x01\x00\x00"
AMQP, SASL = 0, 1
HEARTBEAT = b"\x00\x00\x00\x08\x02\x00\x00\x00"

_FRAME = struct.Struct(">IBBH")
_TRANSFER = struct.Struct(">IBBH3sBBBBIBIBBIBBB5s")
_NULLS = b"\x40" * 5


@dataclass(frozen=True, slots=True)
class Frame:
    """What a peer sent: fields that it left out are null."""

    channel: int
    performative: Performative
    fields: dict[str, Value]
    payload: bytes


async def read_frame(reader: asyncio.StreamReader) -> Frame | None:
    """Read the next frame; None is a heartbeat."""
    head = await reader.readexactly(_FRAME.size)
    size, offset, _, channel = _FRAME.unpack(head)
    if not _FRAME.size <= 4 * offset <= size <= MAX_FRAME_SIZE:
        raise RefusedError(DECODE_ERROR, f"A frame of {size} bytes cannot be.")
    body = await reader.readexactly(size - _FRAME.size)
    return _parse(channel, body[4 * offset - _FRAME.size :]) if size > 4 * offset else None


def _parse(channel: int, body: bytes) -> Frame:
    described, end = decode(body)
    if not isinstance(described, Described) or described.descriptor not in FIELDS:
        raise RefusedError(NOT_IMPLEMENTED, f"The frame {body[:16].hex()} is not supported.")
    performative = Performative(described.descriptor)
    names = FIELDS[performative]
    missing = len(names) - len(described.value)
    values = described.value + [None] * missing
    return Frame(channel, performative, dict(zip(names, values, strict=True)), body[end:])


def build(channel: int, performative: Performative, **fields: Value) -> bytes:
    """Write a frame; fields that are not named are null."""
    names = FIELDS[performative]
    if unknown := fields.keys() - set(names):
        raise TypeError(f"{performative.name} has no field {sorted(unknown)}")
    body = encode_list([fields.get(name) for name in names])
    kind = SASL if performative >= Performative.SASL_MECHANISMS else AMQP
    head = _FRAME.pack(_FRAME.size + 3 + len(body), 2, kind, channel)
    return head + bytes((0x00, 0x53, performative)) + body


def build_transfers(
    channel: int, handle: int, delivery: int, message: bytes, max_frame_size: int, *, settled: bool
) -> Iterator[bytes]:
    """Write a message as one frame or several."""
    room = max_frame_size - _TRANSFER.size
    # Tags come round again: azure-eventhub keeps every tag that it ever saw.
    tag = delivery % 1024
    for begin in range(0, max(len(message), 1), room):
        piece = message[begin : begin + room]
        more = 0x41 if begin + room < len(message) else 0x42
        yield (
            _TRANSFER.pack(
                *(_TRANSFER.size + len(piece), 2, AMQP, channel),
                *(b"\x00\x53\x14", 0xC0, 25, 11),
                *(0x70, handle, 0x70, delivery & 0xFFFFFFFF, 0xA0, 4, tag),
                *(0x43, 0x41 if settled else 0x42, more, _NULLS),
            )
            + piece
        )
