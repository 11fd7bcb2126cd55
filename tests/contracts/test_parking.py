"""What every store of parked streams promises."""

import asyncio
import hashlib
import json
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from shared.adapters.cosmos.parked_items import fitting
from shared.kernel.delivery.parking import Action, Decision, Parked
from shared.kernel.errors import StoreError
from shared.kernel.ports import Parking
from tests.consumers.worlds import markers
from tests.kernel.asking import NOON

MARKER = Parked(
    consumer="projections",
    stream="item-teapot",
    version=3,
    last_seen=3,
    error="InvalidMessage: no such event",
    time=NOON,
    envelope={"type": "StockMelted", "data": {"quantity": 1}},
    traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
)


async def test_a_stream_that_nobody_parked_is_not_there(parking: Parking) -> None:
    assert await parking.find("projections", "item-teapot") is None
    assert await markers(parking, "projections") == []


async def test_a_marker_comes_back_as_it_was(parking: Parking) -> None:
    await parking.park(MARKER)
    await parking.park(replace(MARKER, consumer="reactions"))

    found = await parking.find("projections", "item-teapot")

    assert found is not None
    assert found.marker == MARKER
    assert await markers(parking, "projections") == [MARKER]


DEEP: Any = json.loads("[" * 150 + "]" * 150)


@pytest.mark.parametrize("data", ["é" * 1_000_000, DEEP], ids=["large", "deep"])
async def test_what_an_item_holds_only_packed_comes_back_whole(parking: Parking, data: Any) -> None:
    large = replace(MARKER, envelope={"type": "StockMelted", "data": data})
    await parking.park(large)

    assert await markers(parking, "projections") == [large]


async def test_of_what_an_item_cannot_hold_an_excerpt_is_kept(parking: Parking) -> None:
    envelope = {"type": "StockMelted", "data": Random(1).randbytes(2_000_000).hex()}
    await parking.park(replace(MARKER, envelope=envelope, error="x" * 3_000_000))

    (marker,) = await markers(parking, "projections")

    text = json.dumps(envelope, ensure_ascii=False)
    assert marker.envelope == {
        "excerpt": text[:1000],
        "bytes": len(text.encode()),
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
    }
    assert marker.error == "x" * 4000


@pytest.mark.parametrize("name", ["a/b", "a\\b", "a?b", "a#b", "a ", "x" * 1_024])
async def test_under_a_name_that_no_item_can_have_nothing_is_parked(
    parking: Parking, name: str
) -> None:
    with pytest.raises(StoreError):
        await parking.park(replace(MARKER, stream=name))

    assert await markers(parking, "projections") == []


async def test_later_events_only_move_what_was_seen_last(parking: Parking) -> None:
    await parking.park(MARKER)

    await parking.park(replace(MARKER, version=7, last_seen=9, error="something else"))
    await parking.park(replace(MARKER, version=7, last_seen=8))

    assert await markers(parking, "projections") == [replace(MARKER, last_seen=9)]


async def test_what_is_seen_of_a_stream_moves_a_marker_and_makes_none(parking: Parking) -> None:
    assert not await parking.seen("projections", "item-teapot", 4)
    assert await markers(parking, "projections") == []

    await parking.park(MARKER)

    assert await parking.seen("projections", "item-teapot", 5)
    assert await parking.seen("projections", "item-teapot", 4)
    assert await markers(parking, "projections") == [replace(MARKER, last_seen=5)]


async def test_a_marker_that_changed_meanwhile_is_not_deleted(parking: Parking) -> None:
    await parking.park(MARKER)
    seen = await parking.find("projections", "item-teapot")
    assert seen is not None
    await parking.park(replace(MARKER, last_seen=4))

    assert not await parking.unpark(seen)
    fresh = await parking.find("projections", "item-teapot")
    assert fresh is not None
    assert await parking.unpark(fresh)
    assert not await parking.unpark(fresh)
    assert await markers(parking, "projections") == []


async def test_a_marker_moves_to_where_its_stream_is_held_back_now(parking: Parking) -> None:
    await parking.park(MARKER)
    held = await parking.find("projections", "item-teapot")
    assert held is not None
    moved = replace(MARKER, version=7, last_seen=9, error="something else", envelope={"data": DEEP})

    assert await parking.move(held, moved)
    assert not await parking.move(held, MARKER)

    assert await markers(parking, "projections") == [fitting(moved)]


async def test_of_many_that_park_at_once_none_is_forgotten(parking: Parking) -> None:
    await asyncio.gather(*(parking.park(replace(MARKER, last_seen=n)) for n in range(3, 13)))

    (marker,) = await markers(parking, "projections")
    assert marker.last_seen == 12


async def test_decisions_are_kept_in_their_order(parking: Parking) -> None:
    first = Decision("projections", "item-teapot", 3, Action.SKIP, "a typing error", "ann", NOON)
    second = replace(first, action=Action.RELEASE, time=NOON.replace("12:00", "13:00"))
    await parking.decide(first)
    await parking.decide(second)
    await parking.decide(replace(first, stream="item-cup"))

    assert await parking.decisions("projections", "item-teapot") == [first, second]
    assert await markers(parking, "projections") == []


async def test_markers_are_counted_found_for_a_batch_and_read_in_pages(parking: Parking) -> None:
    names = [f"item-{number}" for number in range(7)]
    for number, name in enumerate(names, start=1):
        await parking.park(replace(MARKER, stream=name, version=number, last_seen=number))
    await parking.park(replace(MARKER, consumer="reactions"))

    assert await parking.count("projections") == 7
    assert await parking.count("notifications") == 0
    assert await parking.held("projections", {"item-2", "item-5", "item-9"}) == {
        "item-2": 3,
        "item-5": 6,
    }
    assert await parking.held("projections", set()) == {}
    first = await parking.parked("projections", limit=4)
    rest = await parking.parked("projections", after=first[-1].stream, limit=4)
    assert [one.stream for one in (*first, *rest)] == names
    assert [one.envelope for one in (*first, *rest)] == [None] * 7


async def test_of_a_stream_that_is_parked_again_the_envelope_of_the_new_event_is_kept(
    parking: Parking,
) -> None:
    for envelope in ({"type": "First"}, None, {"type": "Second"}):
        await parking.park(replace(MARKER, envelope=envelope))
        found = await parking.find("projections", "item-teapot")
        assert found is not None
        assert found.marker.envelope == envelope
        assert await parking.unpark(found)
    await parking.park(MARKER)
    held = await parking.find("projections", "item-teapot")
    assert held is not None

    assert await parking.move(held, replace(MARKER, version=7, envelope=None))

    moved = await parking.find("projections", "item-teapot")
    assert moved is not None
    assert (moved.marker.version, moved.marker.envelope) == (7, None)
    assert await parking.unpark(moved)
