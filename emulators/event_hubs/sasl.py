"""The handshake of a connection: SASL as the service offers it, then AMQP 1.0."""

import asyncio

from emulators.event_hubs.cbs import check_plain
from emulators.event_hubs.claims import WITHOUT_END
from emulators.event_hubs.frames import AMQP_HEADER, SASL_HEADER, build, read_frame
from emulators.event_hubs.performatives import Performative
from emulators.event_hubs.refusals import DECODE_ERROR, RefusedError
from emulators.event_hubs.values import Symbol, Symbols, UByte
from emulators.event_hubs.wire import Wire

# These say nothing of who the client is: its tokens do.
NAMELESS = ("MSSBCBS", "ANONYMOUS", "EXTERNAL")
PLAIN = "PLAIN"
MECHANISMS = Symbols(map(Symbol, ("MSSBCBS", PLAIN, "ANONYMOUS", "EXTERNAL")))

_OK, _REFUSED = UByte(0), UByte(1)


async def shake_hands(reader: asyncio.StreamReader, wire: Wire) -> None:
    """Agree with a client; raises ConnectionResetError when it shows the wrong key, or speaks otherwise."""
    if await reader.readexactly(8) != SASL_HEADER:
        # The specification's answer to a header that will not do: the one that will.
        wire.send(SASL_HEADER)
        raise ConnectionResetError("the client does not speak SASL")
    wire.send(SASL_HEADER)
    wire.send(build(0, Performative.SASL_MECHANISMS, sasl_server_mechanisms=MECHANISMS))
    chosen = await read_frame(reader)
    fields = {} if chosen is None else chosen.fields
    if not _is_welcome(fields.get("mechanism"), fields.get("initial_response"), wire):
        wire.send(build(0, Performative.SASL_OUTCOME, code=_REFUSED))
        raise ConnectionResetError("the client was refused")
    wire.send(build(0, Performative.SASL_OUTCOME, code=_OK, additional_data=b"Welcome!"))
    if await reader.readexactly(8) != AMQP_HEADER:
        raise RefusedError(DECODE_ERROR, "AMQP 1.0 is expected after SASL.")
    wire.send(AMQP_HEADER)


def _is_welcome(mechanism: object, response: object, wire: Wire) -> bool:
    if mechanism == PLAIN and isinstance(response, bytes) and check_plain(response):
        wire.claims.add((), WITHOUT_END)
        return True
    return mechanism in NAMELESS
