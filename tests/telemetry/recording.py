"""Something of all that is measured, as the exporter of Azure Monitor sends it: what the queries are run over."""

import json
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from shared.adapters import telemetry
from shared.adapters.backoff import back_off
from shared.adapters.memory import MemoryParking
from shared.adapters.otel.commands import watched
from shared.adapters.otel.messages import handled
from shared.adapters.otel.metric_names import (
    LAG,
    MENDED,
    PARKED_STREAMS,
    SWEEP_LAG,
    TIMER_RUNS,
    UNFOLLOWED,
)
from shared.adapters.otel.parking import WatchedParking
from shared.adapters.otel.store import WatchedStore
from shared.adapters.otel.watcher import Watcher
from shared.domain.shop.item.commands import ReceiveStock, RegisterItem, ReserveStock
from shared.kernel.delivery.parking import Parked
from shared.kernel.errors import StoreUnavailable
from shared.kernel.messages.message import Command
from tests.kernel.asking import NOON
from tests.kernel.worlds import Interrupted, commit, request, service
from tests.telemetry.breeze import Envelope
from tests.telemetry.worlds import numbered

RECORDED: Final = Path(__file__).parent / "recorded" / "envelopes.json"
ASKED: Final[list[tuple[Command, str]]] = [
    (RegisterItem(name="Teapot", reorder_point=2), "a"),
    (ReceiveStock(quantity=1), "b"),
    (ReceiveStock(quantity=1), "b"),
    (ReserveStock(reservation_id="r", quantity=5), "c"),
]


async def measure_everything(watcher: Watcher) -> None:
    """Let each instrument measure something, as the code that is deployed does."""
    store = WatchedStore(Interrupted(), watcher)
    handle = watched(service(store).handle, watcher)
    for command, id_ in ASKED:
        await handle(request(command, id_))
    await store.append([commit(1, command_id="another")])
    await back_off(1, "cosmos")
    with handled("projections", numbered(b"{}", b"{}", b"{}"), watcher):
        pass
    for _ in range(6):
        with suppress(StoreUnavailable), handled("reactions", numbered(b"{}"), watcher):
            raise StoreUnavailable("away")
    marker = Parked("projections", "item-a", 3, 3, "boom", NOON)
    await WatchedParking(MemoryParking(), watcher).park(marker)
    telemetry.count(MENDED, 2)
    for timer in ("sweep", "sweep", "measure"):
        telemetry.count(TIMER_RUNS, stage=timer)
    telemetry.record(PARKED_STREAMS, 1, consumer="projections")
    for stage, seconds in (("projections", 75.0), ("projections", 2.0), ("mailbox", 0.0)):
        telemetry.record(LAG, seconds, stage=stage)
    telemetry.record(SWEEP_LAG, 130.0)
    telemetry.record(UNFOLLOWED, 90.0, feed="carrier")


def kept(envelopes: Iterable[Envelope]) -> list[Envelope]:
    """Give envelopes without what is another each time, and without what no query asks for."""
    return [
        {
            "time": "2026-11-30T12:00:30.000000Z",
            "tags": {"ai.cloud.role": "onewrite"},
            "data": one["data"],
        }
        for one in envelopes
    ]


def recorded() -> list[Envelope]:
    """Give the envelopes that were recorded."""
    found: list[Envelope] = json.loads(RECORDED.read_text(encoding="utf-8"))
    return found


def shape(envelopes: Iterable[Envelope]) -> set[tuple[Any, ...]]:
    """Tell what a query may rely on: kinds, names, properties with their values, and which numbers there are."""
    return {
        (
            one["data"]["baseType"],
            point["name"],
            *sorted(one["data"]["baseData"]["properties"].items()),
            *sorted(point.keys()),
        )
        for one in envelopes
        for point in one["data"]["baseData"]["metrics"]
    }
