"""What a look of the console costs: some requests and request units, however much waits or is parked."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from azure.core.pipeline.transport import AioHttpTransport

from consumers.live import PAGE, Live, WatchedHub
from emulators.tests.serving import FaultsClient, Services
from shared.adapters import names
from shared.adapters.cosmos import client
from shared.adapters.cosmos.codec import to_item
from shared.adapters.cosmos.feed import CosmosFeed, CosmosProgress
from shared.adapters.cosmos.leases import CosmosLeases
from shared.adapters.cosmos.parking import CosmosParking
from shared.adapters.cosmos.rows import CosmosRows
from shared.adapters.memory import MemoryLog
from shared.kernel.delivery.parking import Parked
from shared.kernel.messages.stream import StreamName
from tests.adapters.emulators import fresh_container
from tests.adapters.test_request_units import Wire
from tests.kernel.asking import NOON
from tests.kernel.worlds import commit

PARTITIONS = 32
UNITS = 200
REQUESTS = 40
CONTAINERS = ("events", "leases", "progress", "parked", "views")


class Metered(AioHttpTransport):  # type: ignore[misc]  # the SDK loads it late, without its type
    """Adds up what the store charges."""

    charged = 0.0

    async def send(self, *given: Any, **options: Any) -> Any:
        answer = await super().send(*given, **options)
        Metered.charged += float(answer.headers.get("x-ms-request-charge", 0))
        return answer


@pytest.fixture(autouse=True)
def metered(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(client, "AioHttpTransport", Metered)
    yield
    Metered.charged = 0.0


@pytest.fixture
async def stores(services: Services) -> AsyncIterator[dict[str, Any]]:
    async with AsyncExitStack() as opened:
        yield {
            like: await opened.enter_async_context(fresh_container(services, like))
            for like in CONTAINERS
        }


def live(stores: dict[str, Any]) -> Live:
    def now() -> datetime:
        return datetime.now(UTC)

    log = MemoryLog(PARTITIONS)

    def hub(*consumers: str) -> WatchedHub:
        return WatchedHub(log, consumers, PARTITIONS, "", now, lambda: 0.0)

    return Live(
        publisher=names.SINGLE_PUBLISHER,
        hubs={"events": hub(*names.FOLLOWERS), "commands": hub(names.MAILBOX)},
        feed=CosmosFeed(stores["events"]),
        leases=CosmosLeases(stores["leases"], stores["events"], names.LEASE_PREFIX, now),
        progress=CosmosProgress(stores["progress"]),
        parking=CosmosParking(stores["parked"]),
        parkers=names.CONSUMERS,
        rows=CosmosRows(stores["views"]),
        now=now,
    )


async def test_a_look_is_bounded_whatever_waits_and_is_parked(
    stores: dict[str, Any], faults: FaultsClient
) -> None:
    looking = live(stores)
    for number in range(240):
        stream = StreamName("item", f"SKU{number}")
        await stores["events"].create_item(to_item(replace(commit(1, stream=stream))))
        await looking.parking.park(Parked("reactions", str(stream), 1, 1, "a bug", NOON))
    for consumer in (*names.FOLLOWERS, names.MAILBOX):
        for partition in range(PARTITIONS):
            await looking.progress.write(f"{consumer}:{partition}", "-1")
    await looking.look()
    wires = [Wire(faults, one.id) for one in stores.values()]
    for wire in wires:
        await wire.since()

    Metered.charged = 0.0
    told = await looking.look()

    asked: Counter[str] = Counter()
    for wire in wires:
        asked.update(await wire.since())
    assert 0 < Metered.charged <= UNITS
    assert asked.total() <= REQUESTS, asked
    assert told["parked"]["reactions"] == 240
    waiting = told["publisher"]
    assert sum(one["behind"] for one in waiting) <= 2 * PAGE * len(waiting) < 240
    assert any(one["atLeast"] for one in waiting)
    places = told["consumers"]["feeds"]["partitions"]
    assert [one["place"] for one in places] == [-1] * PARTITIONS
