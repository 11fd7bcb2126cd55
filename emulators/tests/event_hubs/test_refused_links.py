"""Links that the service refuses, in the words that the SDKs expect."""

import pytest

from emulators.event_hubs.values import Long, Symbol, Symbols
from emulators.tests.event_hubs.clients import Hub
from emulators.tests.event_hubs.wire import (
    RECEIVES,
    SENDS,
    Client,
    entitled,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")


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

        assert await client.refusal() == (condition, words.replace("HUB", hub.name))


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

        assert await client.refusal() == (
            "amqp:not-implemented",
            "Idempotent producers are not supported.",
        )


async def test_the_sixth_reader_is_told_who_the_others_are(hub: Hub) -> None:
    address = f"{hub.name}/ConsumerGroups/first/Partitions/0"
    async with entitled(hub) as client:
        for number in range(6):
            name = {Symbol("com.microsoft:receiver-name"): f"reader {number}"}
            await client.attach(RECEIVES, address, properties=name)

        condition, words = await client.refusal()

    assert condition == "amqp:resource-limit-exceeded"
    assert words == (
        "Exceeded the maximum number of allowed receivers per partition in a consumer group"
        " which is 5. List of connected receivers -"
        " reader 0, reader 1, reader 2, reader 3, reader 4."
    )


async def test_who_reads_with_too_low_an_epoch_is_told_who_has_a_higher_one(hub: Hub) -> None:
    address = f"{hub.name}/ConsumerGroups/second/Partitions/0"

    async def read(client: Client, name: str, epoch: int | None) -> None:
        named = {Symbol("com.microsoft:receiver-name"): name}
        with_epoch = {Symbol("com.microsoft:epoch"): Long(epoch)} if epoch else {}
        await client.attach(RECEIVES, address, properties={**named, **with_epoch})

    async with entitled(hub) as first, entitled(hub) as client:
        await read(first, "older", 1)
        await read(client, "newer", 2)
        told = [await first.refusal()]
        for name, epoch in (("late", 1), ("any", None)):
            await read(client, name, epoch)
            told.append(await client.refusal())

    assert {condition for condition, _ in told} == {"amqp:link:stolen"}
    assert [words for _, words in told] == [
        (
            "New receiver 'newer' with higher epoch of '2' is created hence current receiver 'older'"
            " with epoch '1'"
            " is getting disconnected. If you are recreating the receiver, make sure a higher epoch is used."
        ),
        (
            "Receiver 'newer' with a higher epoch '2' already exists. Receiver 'late' with epoch 1"
            " cannot be created."
            " Make sure you are creating receiver with increasing epoch value to ensure connectivity, or"
            " ensure all old epoch receivers are closed or disconnected."
        ),
        (
            "At least one receiver for the endpoint is created with epoch of '2', and so non-epoch receiver is not"
            " allowed. Either reconnect with a higher epoch, or make sure all epoch receivers are closed or"
            " disconnected."
        ),
    ]
