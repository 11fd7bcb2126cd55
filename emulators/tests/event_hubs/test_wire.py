"""What the SDKs of other languages put on the wire, and expect there."""

from typing import Any

import pytest

from emulators.event_hubs.frames import AMQP_HEADER
from emulators.event_hubs.performatives import Performative
from emulators.event_hubs.values import Described, Long, Strings, Symbol, Symbols, UByte, ULong
from emulators.tests.event_hubs.clients import Hub, bodies
from emulators.tests.event_hubs.wire import (
    BATCH,
    RECEIVES,
    SENDS,
    Client,
    connected,
    entitled,
    message,
    opened,
    token,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

ACCEPTED = Described(ULong(0x24), [])


def selector(text: str) -> dict[Any, Any]:
    name = Symbol("apache.org:selector-filter:string")
    return {name: Described(ULong(0x468C00000004), text)}


async def refusal(client: Client) -> tuple[str, str]:
    """Give why a link was ended."""
    error = (await client.hear(Performative.DETACH)).fields["error"].value
    return error[0], error[1]


# SASL


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


# Tokens


async def test_a_question_carries_its_token_and_gets_an_array_of_partitions(hub: Hub) -> None:
    async with opened(hub) as client:
        answer = await client.ask(
            "$management",
            None,
            operation="READ",
            type="com.microsoft:eventhub",
            name=hub.name,
            security_token=token(hub.name),
        )

    assert answer["application_properties"]["status-code"] == 200
    assert answer["value"]["partition_ids"] == Strings("0123")


@pytest.mark.parametrize("shown", [None, "nothing", "of another"])
async def test_a_question_without_a_right_token_is_not_answered(
    shown: str | None, hub: Hub
) -> None:
    tokens = {"nothing": "nothing", "of another": token("other")}
    more = {} if shown is None else {"security_token": tokens[shown]}

    async with opened(hub) as client:
        answer = await client.ask(
            "$management",
            None,
            operation="READ",
            type="com.microsoft:eventhub",
            name=hub.name,
            **more,
        )

    assert answer["application_properties"]["status-code"] == 401


async def test_two_pairs_of_links_on_one_session_get_their_own_answers(hub: Hub) -> None:
    question = {
        "operation": "READ",
        "type": "com.microsoft:partition",
        "name": hub.name,
        "security_token": token(hub.name),
    }
    async with opened(hub) as client:
        first = await client.attach(RECEIVES, "$management", answer_to="first")
        second = await client.attach(RECEIVES, "$management", answer_to="second")
        asks = await client.attach(SENDS, "$management")
        client.grant(first, 10)
        client.grant(second, 10)
        handles = []
        for address in ("first", "second"):
            properties = ["1", None, None, None, address]
            client.send(
                asks,
                message(
                    ("properties", properties),
                    ("application_properties", {**question, "partition": "0"}),
                    ("value", None),
                ),
            )
            handles.append((await client.hear(Performative.TRANSFER)).fields["handle"])

    assert handles == [first.fields["handle"], second.fields["handle"]]


@pytest.mark.parametrize("path", ["", "HUB", "HUB/ConsumerGroups/$Default/Partitions/0"])
async def test_a_token_opens_what_is_below_its_name(path: str, hub: Hub) -> None:
    name = path.replace("HUB", hub.name)

    async with opened(hub) as client:
        assert (await client.put_token(hub, token(name), name))["status-code"] == 202
        link = await client.attach(RECEIVES, f"{hub.name}/ConsumerGroups/$Default/Partitions/0")

    assert link.fields["source"] is not None


async def test_a_token_opens_nothing_else(hub: Hub) -> None:
    async with opened(hub) as client:
        refused = await client.put_token(hub, token("another"))
        narrow = f"{hub.name}/ConsumerGroups/$Default/Partitions/0"
        await client.put_token(hub, token(hub.name), narrow)
        link = await client.attach(RECEIVES, f"{hub.name}/ConsumerGroups/$Default/Partitions/1")

        assert refused["status-code"] == 401
        assert link.fields["source"] is None
        assert (await refusal(client))[0] == "amqp:unauthorized-access"


async def test_a_token_for_a_hub_that_is_not_there_is_not_taken(hub: Hub) -> None:
    async with opened(hub) as client:
        answer = await client.put_token(hub, token("nothing"), "nothing")

    assert answer["status-code"] == 404
    assert answer["status-description"] == "The messaging entity 'nothing' could not be found."


async def test_a_link_ends_with_its_token(hub: Hub) -> None:
    async with opened(hub) as client:
        assert (await client.put_token(hub, token(hub.name, 2)))["status-code"] == 202
        links = [
            await client.attach(SENDS, hub.name),
            await client.attach(RECEIVES, f"{hub.name}/ConsumerGroups/first/Partitions/0"),
        ]
        ended = [await client.hear(Performative.DETACH) for _ in links]

    handles = [[frame.fields["handle"] for frame in frames] for frames in (links, ended)]
    assert handles[0] == handles[1]
    assert {frame.fields["error"].value[0] for frame in ended} == {"amqp:unauthorized-access"}


async def test_a_link_goes_on_with_a_newer_token(hub: Hub) -> None:
    async with opened(hub) as client:
        await client.put_token(hub, token(hub.name, 1))
        link = await client.attach(SENDS, f"{hub.name}/Partitions/0")
        await client.put_token(hub, token(hub.name))
        # This one ends after the first: by then the link would be gone.
        other = "Hub0" if hub.name != "Hub0" else "Hub1"
        await client.put_token(hub, token(other, 2), other)
        await client.attach(SENDS, other)
        await client.hear(Performative.DETACH)

        assert await client.send_and_settle(link, message(("data", b"kept"))) == ACCEPTED


# Refusals


@pytest.mark.parametrize(
    ("role", "address", "condition", "words"),
    [
        (
            RECEIVES,
            "HUB/ConsumerGroups/strangers/Partitions/0",
            "amqp:not-found",
            "The messaging entity 'HUB/consumergroups/strangers' could not be found.",
        ),
        (
            RECEIVES,
            "HUB/ConsumerGroups/$Default/Partitions/4",
            "com.microsoft:argument-out-of-range",
            (
                "The specified partition '4' is invalid for an EventHub partition sender or receiver."
                " It should be between 0 and 3."
            ),
        ),
        (
            SENDS,
            "HUB/Partitions/x",
            "com.microsoft:argument-out-of-range",
            (
                "The specified partition 'x' is invalid for an EventHub partition sender or receiver."
                " It should be between 0 and 3."
            ),
        ),
    ],
)
async def test_a_refused_link_has_no_end_at_the_service(
    role: bool,  # noqa: FBT001
    address: str,
    condition: str,
    words: str,
    hub: Hub,
) -> None:
    async with entitled(hub) as client:
        link = await client.attach(role, address.replace("HUB", hub.name))
        assert link.fields["source" if role == RECEIVES else "target"] is None
        assert link.fields["target" if role == RECEIVES else "source"] is not None

        assert await refusal(client) == (condition, words.replace("HUB", hub.name))


async def test_only_a_link_to_send_on_has_a_largest_message(hub: Hub) -> None:
    async with entitled(hub) as client:
        sends = await client.attach(SENDS, hub.name)
        receives = await client.attach(RECEIVES, f"{hub.name}/ConsumerGroups/first/Partitions/0")

    assert sends.fields["max_message_size"] == 1_048_576
    assert receives.fields["max_message_size"] is None


async def test_an_idempotent_producer_is_refused_by_name(hub: Hub) -> None:
    async with entitled(hub) as client:
        wish = Symbols((Symbol("com.microsoft:idempotent-producer"),))
        await client.attach(SENDS, hub.name, desired_capabilities=wish)

        assert await refusal(client) == (
            "amqp:not-implemented",
            "Idempotent producers are not supported.",
        )


async def test_the_sixth_reader_is_told_who_the_others_are(hub: Hub) -> None:
    address = f"{hub.name}/ConsumerGroups/first/Partitions/0"
    async with entitled(hub) as client:
        for number in range(6):
            name = {Symbol("com.microsoft:receiver-name"): f"reader {number}"}
            await client.attach(RECEIVES, address, properties=name)

        condition, words = await refusal(client)

    assert condition == "amqp:resource-limit-exceeded"
    assert words == (
        "Exceeded the maximum number of allowed receivers per partition in a consumer group"
        " which is 5. List of connected receivers -"
        " reader 0, reader 1, reader 2, reader 3, reader 4."
    )


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

        assert await refusal(client) == ("com.microsoft:argument-error", words)


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
