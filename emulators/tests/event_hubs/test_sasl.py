"""How clients say in SASL who they are: the SDKs of other languages choose other mechanisms."""

import pytest

from emulators.event_hubs.frames import AMQP_HEADER
from emulators.event_hubs.values import Symbol, UByte
from emulators.tests.event_hubs.clients import Hub, bodies
from emulators.tests.event_hubs.wire import (
    ACCEPTED,
    SENDS,
    connected,
    message,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize("mechanism", ["MSSBCBS", "ANONYMOUS", "EXTERNAL"])
async def test_a_client_without_a_name_is_welcome(mechanism: str, hub: Hub) -> None:
    async with connected(hub) as client:
        offered, outcome = await client.sasl(mechanism)
        await client.open()

    assert offered.fields["sasl_server_mechanisms"] == tuple(
        map(Symbol, ("MSSBCBS", "PLAIN", "ANONYMOUS", "EXTERNAL"))
    )
    assert outcome.fields == {"code": UByte(0), "additional_data": b"Welcome!"}


async def test_a_client_that_shows_the_key_in_sasl_needs_no_token(hub: Hub) -> None:
    async with connected(hub) as client:
        await client.sasl("PLAIN", b"\0RootManageSharedAccessKey\0SAS_KEY_VALUE")
        await client.open()
        link = await client.attach(SENDS, f"/{hub.name}/Partitions/0")
        assert await client.send_and_settle(link, message(("data", b"plain"))) == ACCEPTED

    assert bodies(await hub.read(1)) == ["plain"]


@pytest.mark.parametrize(
    ("mechanism", "response"),
    [("PLAIN", b"\0RootManageSharedAccessKey\0WRONG"), ("PLAIN", None), ("GSSAPI", b"")],
)
async def test_a_refusal_in_sasl_is_an_outcome(
    mechanism: str, response: bytes | None, hub: Hub
) -> None:
    async with connected(hub) as client:
        _, outcome = await client.sasl(mechanism, response)
        client.write(AMQP_HEADER)

        assert outcome.fields["code"] == 1
        assert await client.ends()
