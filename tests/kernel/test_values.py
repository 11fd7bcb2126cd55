"""Small promises of the kernel's values."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from shared.adapters.cosmos.codec import LIMITS, from_item, to_item
from shared.adapters.memory import MemoryEventStore
from shared.domain.shop.item import item
from shared.domain.shop.item.commands import ReceiveStock, RegisterItem
from shared.domain.shop.item.events import ItemRegistered
from shared.kernel.commands.batch import decide_batch
from shared.kernel.commands.loading import initial
from shared.kernel.commands.outcome import Accepted
from shared.kernel.commands.request import CommandRequest
from shared.kernel.commands.state_cache import StateCache
from shared.kernel.errors import EventTooLarge, InvalidMessage, NumberTooLarge
from shared.kernel.messages.commit import Metadata, metadata_json, timestamp
from shared.kernel.messages.envelope import envelopes
from shared.kernel.messages.message import Command, check_numbers
from shared.kernel.messages.stream import StreamName
from tests.kernel.asking import NOON
from tests.kernel.worlds import TEAPOT, commit, received, request, service


class Tagged(Command):
    """A command with a set."""

    tags: frozenset[str] = frozenset()


def test_a_set_is_shown_in_one_order_whichever_the_process_has() -> None:
    tags = [f"tag {number}" for number in range(10, 40)]

    assert repr(Tagged(tags=frozenset(tags))) == f"Tagged(tags={{{', '.join(map(repr, tags))}}})"
    assert repr(Tagged()) == "Tagged(tags={})"


class Nested(Command):
    """A command whose data has parts."""

    lines: list[dict[str, int]]


def test_a_moment_of_another_zone_is_written_in_utc() -> None:
    summer = timezone(timedelta(hours=2))

    assert timestamp(datetime(2026, 11, 23, 14, 0, tzinfo=summer)) == NOON
    assert timestamp(datetime(2026, 11, 23, 12, 0, tzinfo=UTC)) == NOON


def test_who_asked_is_kept_in_the_commit() -> None:
    metadata = Metadata("c", "k", actor="somebody")
    stored = to_item(replace(commit(1), metadata=metadata))

    assert from_item(stored).metadata.actor == "somebody"
    assert metadata_json(metadata, NOON)["actor"] == "somebody"


@pytest.mark.parametrize("prefix", ["", "urn:onewrite:schema:"])
def test_the_number_of_a_schema_is_read_from_messages_of_before_and_of_now(prefix: str) -> None:
    [envelope] = envelopes(commit(1, received(1)))

    assert envelope.dataschema.startswith("urn:onewrite:schema:item/")
    read = envelope.model_copy(update={"dataschema": f"{prefix}item/StockReceived/3"})
    assert read.schema_number == 3


@pytest.mark.parametrize("number", ["new", "", "0", "٣", "1" * 5_000])
def test_an_envelope_that_names_no_schema_is_told_so(number: str) -> None:
    [envelope] = envelopes(commit(1, received(1)))

    with pytest.raises(InvalidMessage, match="no number of a schema"):
        _ = envelope.model_copy(update={"dataschema": f"item/StockReceived/{number}"}).schema_number


@pytest.mark.parametrize("value", [2**53, {"deep": [{"deeper": -(2**53)}]}, [1, [2**60]]])
def test_a_number_that_json_would_change_is_found_wherever_it_is(value: object) -> None:
    with pytest.raises(NumberTooLarge):
        check_numbers(value)


def test_other_values_are_left_alone() -> None:
    value = {"yes": True, "text": "9" * 40, "some": [2**53 - 1, 1.5, None]}

    check_numbers(value)

    assert value == {"yes": True, "text": "9" * 40, "some": [2**53 - 1, 1.5, None]}


def test_a_digest_does_not_depend_on_the_order_of_members() -> None:
    metadata = Metadata("c", "k")
    one, other = (
        CommandRequest(TEAPOT, Nested(lines=[lines]), "k", metadata)
        for lines in ({"a": 1, "b": 2}, {"b": 2, "a": 1})
    )
    third = CommandRequest(TEAPOT, Nested(lines=[{"a": 2, "b": 1}]), "k", metadata)

    assert one.digest == other.digest != third.digest


def test_the_state_that_was_used_least_gives_way() -> None:
    warm = StateCache(most=2)
    streams = [StreamName("item", str(number)) for number in range(3)]
    for stream in streams:
        warm.put(stream, initial(item))

    assert [warm.take(stream) is not None for stream in streams] == [False, True, True]


def test_events_that_are_too_large_together_are_refused_before_they_are_stored() -> None:
    text = "x" * (LIMITS.bytes // 3)
    decider = replace(
        item.decider,
        decide=lambda command, _state: tuple(
            ItemRegistered(name=command.name + text, reorder_point=n) for n in range(4)
        ),
    )
    verbose = replace(item, decider=decider)
    asked = request(RegisterItem(name="Teapot", reorder_point=1), "large")

    [verdict] = decide_batch(verbose, LIMITS, initial(verbose), [asked], NOON).verdicts

    assert isinstance(verdict, EventTooLarge)


async def test_a_store_that_takes_a_command_id_twice_is_asked_for_it_first() -> None:
    store = MemoryEventStore(unique_command_ids=False)
    handling, elsewhere = service(store), service(store)
    await handling.handle(request(RegisterItem(name="Teapot", reorder_point=1), "register"))
    first = await handling.handle(request(ReceiveStock(quantity=3), "receive"))

    again = await elsewhere.handle(request(ReceiveStock(quantity=3), "receive"))

    assert isinstance(first, Accepted)
    assert isinstance(again, Accepted)
    assert (again.commit, again.repeated) == (first.commit, True)
    assert len(store.commits()) == 2
