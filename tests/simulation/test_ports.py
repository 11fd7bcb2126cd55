"""No method of a port gets by the weather: each may fail, and a host may die in each."""

import inspect
import random
from collections.abc import Callable
from typing import Any

import pytest

from shared.adapters.memory import MemoryReceipts
from shared.domain.shop import domain
from shared.kernel.commands.outcome import FinalOutcome
from shared.kernel.delivery.parking import Action, Decision, Parked
from shared.kernel.errors import OnewriteError
from shared.kernel.feeds.page import Page
from shared.kernel.messages.commit import Commit, KeptState, Metadata, RecordedEvent, StoredSnapshot
from shared.kernel.messages.notification import Notification
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import (
    EventStore,
    Feed,
    FeedPages,
    Log,
    Notifier,
    OthersFeeds,
    Outcomes,
    Parking,
    Progress,
    Receipts,
    Rows,
    StoredParked,
)
from shared.kernel.views.listing import Listing
from shared.kernel.views.view import Row, RowKey
from tests.simulation import virtual_time
from tests.simulation.calls import Calls
from tests.simulation.cloud import Cloud
from tests.simulation.feed import SimFeed
from tests.simulation.keeping import SimOutcomes, SimParking, SimProgress, SimReceipts
from tests.simulation.polling import SimOthersFeeds
from tests.simulation.ports import SimLog, SimRows, SimStore
from tests.simulation.pulling import SimFeedPages
from tests.simulation.sending import SimHub, SimNotifier
from tests.simulation.serving import serving
from tests.simulation.weather import Weather

TIME = "2026-11-23T12:00:00.000000Z"
EVENT = RecordedEvent("StockReceived", 1, {"quantity": 1})
MARKER = Parked("projections", "item-SKU1", 1, 1, "broken", TIME)
CONFIRMED = "onewrite.order.confirmed.v1"
NOTIFICATION = Notification(
    f"order-o1@2/{CONFIRMED}", "/onewrite/order", CONFIRMED, "order-o1", TIME, 2, "c1-1", {}
)
AT = RowKey("stock", "SKU1", "item-SKU1")
ARGUMENTS: dict[str, Any] = {
    "stream": StreamName("item", "SKU1"),
    "after": 0,
    "limit": 1,
    "through": None,
    "command_ids": ["c1-1"],
    "at": AT,
    "row": Row(AT, 1, {}),
    "replacing": None,
    "view": "stock",
    "streams": ["item-SKU1"],
    "key": "SKU1",
    "listing": Listing("stock"),
    "feed": "shop",
    "url": "https://shop.example/api/feeds/shop",
    "tag": None,
    "marker": MARKER,
    "consumer": "projections",
    "version": 1,
    "parked": StoredParked(MARKER, "1"),
    "range_": "-FF",
    "places": [AT],
    "chain": "shop~1/0",
    "number": 1,
    "known": None,
    "page": Page("shop~1/0", 1),
    "reached": {"item-SKU1": 1},
    "position": "0",
    "decision": Decision("projections", "item-SKU1", 1, Action.SKIP, "known", "me", TIME),
    "name": "sweep",
    "names": ["sweep"],
    "partition": 0,
    "bodies": [b'{"specversion":"1.0","id":"item-SKU1@1"}'],
    "notifications": [NOTIFICATION],
    "outcome": FinalOutcome("item-SKU1", "c1-1", "unchanged", 1),
    "command_id": "c1-1",
    "digest": "d",
    "fate": "cancelled",
    "state": KeptState("item-SKU1", 1, "c1-1", StoredSnapshot("item/1", {})),
    "commits": [Commit("item-SKU1", 1, "c1-1", "", (EVENT,), Metadata("c1-1", "c1-1"), TIME)],
}


def _followed(calls: Calls, cloud: Cloud) -> SimOthersFeeds:
    server = serving(domain, cloud.pages, "batches", strict=True)
    return SimOthersFeeds(calls, server, lambda: False, lambda _: None)


PORTS: list[tuple[type, Any]] = [
    (EventStore, lambda calls, cloud: SimStore(calls, cloud, lambda work: work.close())),
    (Rows, lambda calls, cloud: SimRows(calls, cloud.rows, cloud.back)),
    (Log, lambda calls, cloud: SimLog(calls, cloud.log, cloud.lost, cloud.losses)),
    (Log, lambda calls, cloud: SimHub(calls, cloud.waiting)),
    (Notifier, lambda calls, cloud: SimNotifier(calls, cloud.topic)),
    (Outcomes, lambda calls, cloud: SimOutcomes(calls, cloud.outcomes)),
    (Parking, lambda calls, cloud: SimParking(calls, cloud.parking)),
    (Progress, lambda calls, cloud: SimProgress(calls, cloud.progress)),
    (Feed, SimFeed),
    (FeedPages, lambda calls, cloud: SimFeedPages(calls, cloud.pages)),
    (Receipts, lambda calls, _: SimReceipts(calls, MemoryReceipts())),
    (OthersFeeds, _followed),
]


METHODS = [
    pytest.param(port, made, name, id=f"{number}.{port.__name__}.{name}")
    for number, (port, made) in enumerate(PORTS)
    for name, method in vars(port).items()
    if inspect.iscoroutinefunction(method)
]


@pytest.mark.parametrize(("port", "made", "name"), METHODS)
def test_every_method_may_fail_and_a_host_may_die_in_it(
    port: type, made: Callable[[Calls, Cloud], Any], name: str
) -> None:
    deaths: list[str] = []

    async def call(failures: float, crashes: float) -> None:
        weather = Weather(random.Random(1), failures, crashes, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
        calls = Calls("host-0", weather, lambda: deaths.append(name))
        method = getattr(made(calls, Cloud()), name)
        given = inspect.signature(getattr(port, name)).parameters
        await method(*(ARGUMENTS[one] for one in given if one != "self"))

    with pytest.raises(OnewriteError):
        virtual_time.run(call(failures=0.5, crashes=0.0))
    assert deaths == []

    virtual_time.run(call(failures=0.0, crashes=0.5))
    assert deaths == [name]


def test_an_append_that_is_throttled_has_stored_nothing_and_one_of_unknown_outcome_may_have() -> (
    None
):
    found: set[tuple[str, bool]] = set()

    async def call() -> None:
        weather = Weather(random.Random(1), 0.4, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
        for _ in range(60):
            cloud, calls = Cloud(), Calls("host-0", weather, lambda: None)
            store = SimStore(calls, cloud, lambda work: work.close())
            try:
                await store.append(ARGUMENTS["commits"])
            except OnewriteError as error:
                found.add((error.code, bool(cloud.store.commits())))

    virtual_time.run(call())

    assert found == {("throttled", False), ("outcome-unknown", False), ("outcome-unknown", True)}
