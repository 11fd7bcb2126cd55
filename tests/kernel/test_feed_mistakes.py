"""Mistakes in the feeds of a domain are told when it is assembled."""

from dataclasses import replace
from typing import Any

import pytest

from shared.domain.shop import domain as shop
from shared.domain.shop.process.public_events import FEED
from shared.kernel.domain import Domain
from shared.kernel.errors import ConfigurationError, UnknownMessage
from shared.kernel.feeds.public_feed import PublicFeed
from shared.kernel.messages.message import PublicEvent
from tests.kernel.doors import told


class NeverMade(PublicEvent):
    """What nobody makes."""


def of(feed: PublicFeed) -> Domain:
    return replace(shop, feeds=(feed,))


@pytest.mark.parametrize("name", ["Orders", "orders~1", "orders/all", "", "o" * 51])
def test_a_feed_has_a_name_that_routes_can_carry(name: str) -> None:
    (sentence,) = told(lambda: of(replace(FEED, name=name)))

    assert sentence == (
        f"feed '{name}': a name that a route can carry has 1 to 50 of a-z 0-9 -, the first a letter"
    )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"events": ()}, "feed 'shop' lists no `events`: nothing could ever be in it"),
        (
            {"events": (NeverMade,)},
            "feed 'shop' lists NeverMade, which no enricher of the domain makes",
        ),
        (
            {"title": "Walks\x0b"},
            "feed 'shop': the title 'Walks\\x0b' holds what is no text, and no document could show it",
        ),
        ({"generation": 0}, "feed 'shop': its `generation` is 0, and 1 is the least"),
        ({"partitions": 0}, "feed 'shop': its `partitions` is 0, and 1 is the least"),
    ],
)
def test_a_feed_lists_what_the_domain_makes(changes: dict[str, Any], sentence: str) -> None:
    assert told(lambda: of(replace(FEED, **changes))) == [sentence]


def test_a_feed_lists_public_events() -> None:
    wrong: Any = (Domain,)

    (sentence,) = told(lambda: of(replace(FEED, events=wrong)))

    assert "feed 'shop'" in sentence
    assert "PublicEvent" in sentence


def test_who_may_read_a_feed_is_asked_of_the_actor_alone() -> None:
    wrong: Any = lambda actor, feed: True  # noqa: ARG005, E731 - one parameter too many

    (sentence,) = told(lambda: of(replace(FEED, may_read=wrong)))

    assert "feed 'shop'" in sentence
    assert "may_read" in sentence


def test_a_feed_is_named_once_and_found_by_its_name() -> None:
    assert shop.feed("shop") is FEED
    with pytest.raises(UnknownMessage, match="there is no feed 'orders'"):
        shop.feed("orders")
    with pytest.raises(ConfigurationError, match="feed 'shop' is registered twice"):
        replace(shop, feeds=(FEED, FEED))
