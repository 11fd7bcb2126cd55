"""Sending with azure-eventhub: where events go, in which order, and how large they may be."""

import asyncio

import pytest
from azure.eventhub import EventData, EventDataBatch
from azure.eventhub.amqp import AmqpAnnotatedMessage
from azure.eventhub.exceptions import EventHubError

from emulators.event_hubs.partitioning import partition_of
from emulators.tests.event_hubs.clients import PARTITIONS, Hub, bodies

pytestmark = pytest.mark.asyncio(loop_scope="module")


def described(body: str) -> EventData:
    event = EventData(body)
    event.properties = {"text": "ü", "number": 7, "flag": True, "share": 0.5}
    event.message_id = f"id of {body}"
    event.content_type = "application/cloudevents+json"
    event.correlation_id = "why"
    return event


async def test_an_event_arrives_with_all_that_was_sent(hub: Hub) -> None:
    async with hub.producer() as producer:
        await producer.send_event(described("one"), partition_id="1")
        await producer.send_batch([described("two"), described("three")], partition_id="1")

    events = await hub.read(3, "1")

    assert bodies(events) == ["one", "two", "three"]
    assert [event.message_id for event in events] == ["id of one", "id of two", "id of three"]
    for event in events:
        assert event.properties == {
            b"text": "ü".encode(),
            b"number": 7,
            b"flag": True,
            b"share": 0.5,
        }
        assert (event.content_type, event.correlation_id) == ("application/cloudevents+json", "why")


async def test_a_body_need_not_be_bytes(hub: Hub) -> None:
    async with hub.producer() as producer:
        await producer.send_batch(
            [
                AmqpAnnotatedMessage(value_body={"a": [1, "b"]}),
                AmqpAnnotatedMessage(sequence_body=[[1, 2], [3]]),
            ],
            partition_id="0",
        )

    value, sequence = await hub.read(2)

    assert value.raw_amqp_message.body == {b"a": [1, b"b"]}
    assert list(sequence.raw_amqp_message.body) == [[1, 2], [3]]


async def test_every_partition_keeps_the_order_in_which_it_was_sent_to(hub: Hub) -> None:
    async with hub.producer() as producer:

        async def send_all(partition: str) -> None:
            for begin in range(0, 60, 20):
                texts = [f"{partition}/{number}" for number in range(begin, begin + 20)]
                await producer.send_batch(
                    [EventData(text) for text in texts], partition_id=partition
                )

        await asyncio.gather(*map(send_all, PARTITIONS))

    read = await asyncio.gather(*(hub.read(60, partition) for partition in PARTITIONS))

    for partition, events in zip(PARTITIONS, read, strict=True):
        assert bodies(events) == [f"{partition}/{number}" for number in range(60)]
        assert [event.sequence_number for event in events] == list(range(60))
        offsets = [int(event.offset or "") for event in events]
        assert offsets == sorted(set(offsets))
        assert offsets != list(range(60))


async def test_a_key_goes_where_its_hash_says(hub: Hub) -> None:
    keys = ["7", "FWfAT", "alphabet", "TheBestParitionEver", "Schlüssel", "tank-7", "Ω"]
    async with hub.producer() as producer:
        for key in keys:
            await producer.send_batch([EventData(key), EventData(key)], partition_key=key)
            await producer.send_event(EventData(key), partition_key=key)

    expected = {
        partition: [key for key in keys if partition == str(partition_of(key, 4)) for _ in range(3)]
        for partition in PARTITIONS
    }
    used = [partition for partition in PARTITIONS if expected[partition]]
    read = await asyncio.gather(*(hub.read(len(expected[name]), name) for name in used))

    assert len(used) > 1
    for partition, events in zip(used, read, strict=True):
        assert bodies(events) == expected[partition]
        assert [event.partition_key for event in events] == [
            key.encode() for key in expected[partition]
        ]


async def test_events_without_a_key_go_round_and_a_batch_stays_together(hub: Hub) -> None:
    async with hub.producer() as producer:
        for number in range(4):
            await producer.send_batch([EventData(f"{number}"), EventData(f"{number}")])

    read = await asyncio.gather(*(hub.read(2, partition) for partition in PARTITIONS))

    assert sorted(map(bodies, read)) == [[f"{number}"] * 2 for number in range(4)]


async def test_a_batch_may_be_as_full_as_the_sdk_fills_it(hub: Hub) -> None:
    async with hub.producer() as producer:
        batch = await producer.create_batch(partition_id="2")
        assert batch.max_size_in_bytes == 1_048_576
        while batch.size_in_bytes < batch.max_size_in_bytes - 2000:
            batch.add(EventData("x" * 1000))
        with pytest.raises(ValueError, match="size limit"):
            batch.add(EventData("x" * 2000))
        await producer.send_batch(batch)

    assert len(await hub.read(len(batch), "2")) == len(batch)


async def test_a_message_over_the_limit_is_refused_and_the_link_goes_on(hub: Hub) -> None:
    async with hub.producer() as producer:
        batch = EventDataBatch(max_size_in_bytes=2_000_000, partition_id="0")
        batch.add(EventData("x" * 1_048_577))
        with pytest.raises(EventHubError, match="exceeds the limit \\(1048576 bytes\\)"):
            await producer.send_batch(batch)
        await producer.send_event(EventData("small"), partition_id="0")

    assert bodies(await hub.read(1)) == ["small"]


async def test_annotations_of_ones_own_and_a_header_arrive(hub: Hub) -> None:
    message = AmqpAnnotatedMessage(
        data_body=b"x",
        annotations={"x-mine": "y"},
        header={"durable": True},
    )
    async with hub.producer() as producer:
        await producer.send_event(message, partition_id="0")
        await producer.send_batch([message], partition_key="key")
        await producer.send_event(EventData("plain"), partition_id="0")

    read = await hub.read(2)
    (batched,) = await hub.read(1, str(partition_of("key", 4)), start=-1)

    assert bodies(read) == ["x", "plain"]
    for event in (read[0], batched):
        arrived = event.raw_amqp_message
        assert arrived.annotations
        assert arrived.header
        assert arrived.annotations[b"x-mine"] == b"y"
        assert arrived.header.durable is True
    assert batched.partition_key == b"key"
