"""Commits, envelopes and streams keep what they are given, and refuse what they do not know."""

from dataclasses import replace
from typing import Any

import pytest
from pydantic_core import to_json

from shared.adapters.cosmos.codec import commits_of, from_item, item_id, to_item
from shared.adapters.memory import MemoryEventStore
from shared.domain.shop import domain
from shared.domain.shop.item import item
from shared.domain.shop.item.commands import DiscontinueItem
from shared.domain.shop.item.events import StockReceived
from shared.kernel.commands.application_service import ApplicationService
from shared.kernel.commands.category import record
from shared.kernel.commands.decider import Decider
from shared.kernel.errors import (
    BrokenStream,
    InvalidMessage,
    NumberTooLarge,
    UnknownMessage,
    UnreadableCommit,
)
from shared.kernel.messages.commit import check_contiguous
from shared.kernel.messages.envelope import decode, encode, encode_all, envelopes
from shared.kernel.messages.message import route_name
from shared.kernel.messages.stream import StreamName
from tests.kernel.asking import at_noon, no_pause
from tests.kernel.worlds import commit, received, request


def test_an_item_is_named_by_its_first_version_and_carries_the_last() -> None:
    written = to_item(commit(43, received(1), received(2)))

    assert written["id"] == item_id(42) == "0000000000000042"
    assert (written["version"], written["stream"]) == (43, "item-teapot")
    assert written["events"][0] == {"type": "StockReceived", "schema": 1, "data": {"quantity": 1}}


def test_a_commit_survives_the_store_and_what_the_store_adds() -> None:
    stored = commit(2, received(7), received(8))

    assert from_item({**to_item(stored), "_rid": "x", "_lsn": 3}) == stored


@pytest.mark.parametrize(
    "change", [{"id": "0000000000000007"}, {"events": []}, {"version": 0}, {"metadata": None}]
)
def test_an_item_that_is_no_commit_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(InvalidMessage):
        from_item({**to_item(commit(2, received(7))), **change})


def test_an_envelope_is_a_cloud_event_with_everything_a_consumer_needs() -> None:
    last = list(envelopes(commit(2, received(7), received(8), command_id="c")))[-1]

    assert encode(last) == to_json(
        {
            "specversion": "1.0",
            "id": "item-teapot@2",
            "source": "/onewrite/item",
            "type": "StockReceived",
            "subject": "item-teapot",
            "time": "2026-11-23T12:00:00.000000Z",
            "dataschema": "urn:onewrite:schema:item/StockReceived/1",
            "datacontenttype": "application/json",
            "sequence": 2,
            "partitionkey": "item-teapot",
            "correlationid": "c",
            "causationid": "c",
            "digest": "0" * 64,
            "data": {"quantity": 8},
        }
    )
    assert decode(encode(last)) == last


@pytest.mark.parametrize("traceparent", [None, f"00-{'a' * 32}-{'b' * 16}-01"])
def test_a_commit_is_written_at_once_as_its_envelopes_are_one_by_one(
    traceparent: str | None,
) -> None:
    several = commit(3, received(1), received(2), received(3))
    several = replace(several, metadata=replace(several.metadata, traceparent=traceparent))

    one_by_one = [decode(encode(envelope)) for envelope in envelopes(several)]

    assert [decode(body) for body in encode_all(several)] == one_by_one


@pytest.mark.parametrize("body", [b"", b"[]", b'{"id": "x"}', b"\xff", b'{"specversion":"0.3"}'])
def test_a_message_that_is_no_envelope_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidMessage):
        decode(body)


@pytest.mark.parametrize("number", [2**53, -(2**53)])
async def test_a_number_that_the_store_would_change_is_refused(number: int) -> None:
    receiving = Decider[Any, Any, Any](
        None, lambda _c, _s: (StockReceived(quantity=number),), lambda s, _e: s
    )
    handling = ApplicationService(
        replace(item, decider=receiving), MemoryEventStore(), at_noon, no_pause
    )

    with pytest.raises(NumberTooLarge, match="more than a JSON number"):
        await handling.handle(request(DiscontinueItem(), "c"))


@pytest.mark.parametrize(
    ("type_", "schema_number", "data"),
    [
        ("StockStolen", 1, {}),
        ("StockReceived", 2, {"quantity": 1}),
        ("StockReceived", 1, {"quantity": "1"}),
        ("StockReceived", 1, {"quantity": 1, "colour": "red"}),
    ],
)
def test_an_event_that_nobody_knows_is_refused(
    type_: str, schema_number: int, data: dict[str, object]
) -> None:
    with pytest.raises(InvalidMessage):
        item.decode(type_, schema_number, data)


def test_versions_must_be_contiguous() -> None:
    check_contiguous(0, [commit(2, received(1), received(1)), commit(3)])

    with pytest.raises(BrokenStream):
        check_contiguous(0, [commit(1), commit(3)])
    with pytest.raises(BrokenStream):
        check_contiguous(1, [commit(1)])


@pytest.mark.parametrize(
    "text", ["item", "item-", "-a", "it em-a", "Item-a", "item-a b", "item-a/"]
)
def test_what_is_no_stream_is_refused(text: str) -> None:
    with pytest.raises(InvalidMessage):
        StreamName.parse(text)


def test_a_stream_is_a_category_and_an_id_that_may_hold_dashes() -> None:
    assert StreamName.parse("item-a-b.c") == StreamName("item", "a-b.c")
    assert str(StreamName("item", "a-b.c")) == "item-a-b.c"


def test_commands_are_kebab_case_in_urls() -> None:
    assert [route_name(command) for command in item.commands][:2] == [
        "register-item",
        "receive-stock",
    ]
    with pytest.raises(UnknownMessage):
        item.route("ReceiveStock")


def test_an_event_says_its_type_and_schema() -> None:
    recorded = record(StockReceived(quantity=3))

    assert (recorded.type, recorded.schema_number, recorded.data) == (
        "StockReceived",
        1,
        {"quantity": 3},
    )
    assert domain.category("item") is item


@pytest.mark.parametrize(
    ("broken", "first"), [({"events": 7}, 2), ({"id": "x"}, 3), ({"id": 2, "events": []}, 3)]
)
def test_an_item_that_is_no_commit_is_named_by_its_place(
    broken: dict[str, object], first: int
) -> None:
    items = [to_item(commit(1)), {**to_item(commit(3, received(1), received(2))), **broken}]

    assert commits_of(items[:1]) == [commit(1)]
    with pytest.raises(UnreadableCommit) as raised:
        commits_of(items)

    assert (raised.value.first, raised.value.version, raised.value.before) == (first, 3, 1)


@pytest.mark.parametrize(
    ("item", "place"),
    [
        ({"id": "0000000000000003", "version": 4}, (3, 4)),
        ({"id": "zz"}, (1, 1)),
        ({}, (1, 1)),
        ({"id": 3, "version": 4}, (4, 4)),
        ({"id": "zz", "version": True}, (1, True)),
        ({"id": "zz", "version": 2.5}, (1, 2.5)),
        ({"id": "\u0663", "version": 4}, (4, 4)),
        ({"id": "0", "version": 4}, (1, 4)),
        ({"id": "9" * 16}, (1, 1)),
        ({"id": "9" * 5_000}, (1, 1)),
        ({"id": "zz", "version": 2**53}, (1, 2**53)),
    ],
    ids=lambda case: str(case)[:40],
)
def test_where_an_unreadable_item_stands_is_told_whatever_it_says(
    item: dict[str, Any], place: tuple[int, int]
) -> None:
    with pytest.raises(UnreadableCommit) as raised:
        commits_of([{"stream": "item-teapot", **item}])

    found = raised.value
    assert (found.first, found.version, found.before) == (*place, 0)
