"""What the SDKs of other languages send and receive, frame by frame."""

from typing import Any

import pytest

from emulators.event_hubs.performatives import Performative
from emulators.event_hubs.values import Described, Int, Long, Symbol, UByte, ULong
from emulators.tests.event_hubs.clients import Hub, bodies
from emulators.tests.event_hubs.wire import (
    ACCEPTED,
    BATCH,
    RECEIVES,
    SENDS,
    entitled,
    message,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")


def selector(text: str) -> dict[Any, Any]:
    name = Symbol("apache.org:selector-filter:string")
    return {name: Described(ULong(0x468C00000004), text)}


# Reading


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("amqp.annotation.x-opt-offset > -1", "0"),
        ("amqp.annotation.x-opt-sequence-number > 0", "1"),
        ("amqp.annotation.x-opt-sequence-number >= 0", "0"),
        ("amqp.annotation.x-opt-enqueued-time > 0", "0"),
    ],
)
async def test_a_selector_needs_no_quotes(text: str, found: str, hub: Hub) -> None:
    await hub.send("0", "1")

    async with entitled(hub) as client:
        address = f"/{hub.name}/ConsumerGroups/$Default/Partitions/0"
        link = await client.attach(RECEIVES, address, filter=selector(text))
        client.grant(link, 1)

        assert (await client.receive())["data"] == found.encode()


async def test_the_end_needs_no_quotes_either(hub: Hub) -> None:
    await hub.send("before")

    async with entitled(hub) as client:
        address = f"/{hub.name}/ConsumerGroups/$Default/Partitions/0"
        text = "amqp.annotation.x-opt-offset > @latest"
        link = await client.attach(RECEIVES, address, filter=selector(text))
        client.grant(link, 1)
        await hub.send("after")

        assert (await client.receive())["data"] == b"after"


async def test_a_link_may_say_what_it_leads_to(hub: Hub) -> None:
    kind, address = Symbol("com.microsoft:entity-type"), f"/{hub.name}/Partitions/0"

    async with entitled(hub) as client:
        sends = await client.attach(SENDS, address, properties={kind: Int(7)})
        assert await client.send_and_settle(sends, message(("data", b"one"))) == ACCEPTED
        receives = await client.attach(
            *(RECEIVES, f"/{hub.name}/ConsumerGroups/$Default/Partitions/0"),
            properties={kind: Int(8)},
        )
        client.grant(receives, 1)

        assert (await client.receive())["data"] == b"one"


@pytest.mark.parametrize(
    ("annotation", "words"),
    [
        (
            "offset",
            (
                "The supplied offset '99999999999' is invalid."
                " The last offset in the system is '4294967408'"
            ),
        ),
        (
            "sequence-number",
            (
                "The supplied sequence number '99999999999' is invalid."
                " The last sequence number in the system is '1'"
            ),
        ),
    ],
)
async def test_a_start_beyond_the_end_is_refused(annotation: str, words: str, hub: Hub) -> None:
    await hub.send("0", "1")

    async with entitled(hub) as client:
        text = f"amqp.annotation.x-opt-{annotation} > '99999999999'"
        address = f"/{hub.name}/ConsumerGroups/$Default/Partitions/0"
        await client.attach(RECEIVES, address, filter=selector(text))

        assert await client.refusal() == ("com.microsoft:argument-error", words)


async def test_a_drained_link_gives_its_credit_back(hub: Hub) -> None:
    await hub.send("only")

    async with entitled(hub) as client:
        link = await client.attach(RECEIVES, f"{hub.name}/ConsumerGroups/first/Partitions/0")
        client.grant(link, 5, drain=True)
        assert (await client.receive())["data"] == b"only"
        drained = await client.hear(Performative.FLOW)

        assert (drained.fields["delivery_count"], drained.fields["link_credit"]) == (5, 0)
        assert drained.fields["drain"] is True


async def test_what_is_asked_for_unsettled_comes_unsettled(hub: Hub) -> None:
    await hub.send("one")
    address = f"{hub.name}/ConsumerGroups/first/Partitions/0"

    async with entitled(hub) as client:
        settled = []
        for mode in (0, 1):
            link = await client.attach(RECEIVES, address, snd_settle_mode=UByte(mode))
            client.grant(link, 1)
            settled.append((await client.hear(Performative.TRANSFER)).fields["settled"])
        client.say(
            Performative.DISPOSITION, role=True, first=ULong(0), settled=False, state=ACCEPTED
        )
        answered = await client.hear(Performative.DISPOSITION)

    assert settled == [False, True]
    assert (answered.fields["role"], answered.fields["settled"]) == (False, True)


# Sending


@pytest.mark.parametrize(
    "envelope",
    [
        (),
        (("properties", []),),
        (
            ("header", [True]),
            ("delivery_annotations", {Symbol("x-way"): "here"}),
            ("annotations", {Symbol("x-opt-partition-key"): "key"}),
            ("properties", ["id"]),
            ("application_properties", {"a": Long(1)}),
        ),
    ],
)
async def test_an_envelope_may_have_sections_before_its_events(
    envelope: tuple[tuple[str, Any], ...], hub: Hub
) -> None:
    events = (("data", message(("data", text))) for text in (b"one", b"two"))

    async with entitled(hub) as client:
        link = await client.attach(SENDS, f"/{hub.name}/Partitions/0")
        assert await client.send_and_settle(link, message(*envelope, *events), BATCH) == ACCEPTED

    read = await hub.read(2)
    assert bodies(read) == ["one", "two"]
    keys = {event.partition_key for event in read}
    assert keys == ({b"key"} if len(envelope) > 1 else {None})
