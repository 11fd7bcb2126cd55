"""A flow says what a reader of a feed sees, and what comes of the feeds of others; what differs is named."""

from dataclasses import replace

import pytest

from tests.specs.by_http import Held
from tests.specs.by_roles import by_roles
from tests.specs.flows_by_http import FEED_UNSEEN, POLLED, UNSEEN, told_of
from tests.specs.shop.flows import SHIPPED, SPECS, TOLD
from tests.specs.shop.inbound import PARCEL
from tests.specs.spec import Flow, flow_story
from tests.specs.ways import history
from tests.specs.whole_flow import FAULTS

(CONFIRMED,) = [one for one in SPECS if one.feed and not one.polled]
(SENT,) = [one for one in SPECS if one.polled]


async def found(flow: Flow) -> list[str]:
    return await by_roles(flow, None, history)


@pytest.mark.parametrize("fault", FAULTS)
async def test_what_a_feed_of_others_shows_takes_effect_once_whatever_fails(
    fault: str | None,
) -> None:
    twice = replace(SENT, polled=[PARCEL, PARCEL])

    assert await by_roles(twice, fault, history) == []


async def test_what_is_polled_and_not_told_is_named() -> None:
    (first, *_) = await found(replace(CONFIRMED, polled=[PARCEL]))

    assert first.startswith("`then` of item-CUP: expected [")


async def test_what_a_reader_of_a_feed_sees_otherwise_is_named() -> None:
    (said,) = await found(replace(CONFIRMED, feed={"shop": {"order-7": [SHIPPED]}}))

    assert said.startswith("`feed` of 'shop', order-7: expected [OrderShipped], got")
    assert "got [OrderConfirmed]" in said


async def test_a_feed_that_does_not_exist_is_named_with_those_that_do() -> None:
    assert await found(replace(CONFIRMED, feed={"shopp": TOLD})) == [
        "`feed` of 'shopp': the business has no such feed; it has shop"
    ]


async def test_an_event_that_no_receptor_takes_is_named_with_those_that_some_do() -> None:
    washed = replace(PARCEL, type="com.example.carrier.van-washed")

    (said,) = await found(replace(CONFIRMED, polled=[washed]))

    assert said.startswith(f"`polled`: no inbound receptor takes {washed.type}; there are com.")
    assert PARCEL.type in said


async def test_what_is_polled_and_can_never_take_effect_is_told() -> None:
    unreadable = replace(PARCEL, data={})

    (said,) = await found(replace(CONFIRMED, polled=[unreadable]))

    assert said.startswith("webhooks park ")
    assert "/orderId missing" in said


def test_a_story_tells_what_is_polled_and_what_a_reader_sees() -> None:
    told = flow_story(SENT)

    assert f"  and a feed of others, polled, shows\n    {PARCEL.source} tells {PARCEL.type}" in told
    assert "  then a reader of the feed 'shop' sees\n    order-7: OrderConfirmed(" in told


def test_over_http_it_is_said_what_of_feeds_is_left_out() -> None:
    assert told_of(SENT, None, []) == Held(left_out=POLLED)
    assert told_of(CONFIRMED, Held(), []) == Held(unseen=FEED_UNSEEN)
    assert told_of(CONFIRMED, Held(), [UNSEEN]) == Held(unseen=f"{UNSEEN}, {FEED_UNSEEN}")
    assert told_of(replace(CONFIRMED, feed={}), Held(), []) == Held()
