"""Snapshots: copies of what the events say, believed only as long as they keep to their schema."""

import asyncio
from dataclasses import replace

import pytest

from shared.adapters.cosmos.codec import LIMITS, from_item, to_item
from shared.domain.shop.item import item
from shared.domain.shop.item.commands import ReceiveStock
from shared.domain.shop.item.events import StockReceived
from shared.domain.shop.item.state import Item
from shared.kernel.commands.application_service import ApplicationService
from shared.kernel.commands.snapshot import Snapshots
from shared.kernel.messages.commit import RecordedEvent
from shared.kernel.ports import StoreLimits
from tests.kernel.asking import at_noon, no_pause
from tests.kernel.deployments import Watched, loaded_by
from tests.kernel.worlds import commit, request


def test_a_commit_with_a_snapshot_is_read_as_it_was_written() -> None:
    snapshot = item.snapshots.write(Item(registered=True, available=3, reserved={"r1": 2}))
    written = replace(commit(1), snapshot=snapshot)

    read = from_item(to_item(written))

    assert read == written
    assert read.snapshot is not None
    assert item.snapshots.read(read.snapshot) == Item(
        registered=True, available=3, reserved={"r1": 2}
    )


def test_a_snapshot_that_does_not_keep_to_its_schema_is_not_believed() -> None:
    snapshot = item.snapshots.write(Item(available=3))

    assert item.snapshots.read(replace(snapshot, state={"available": "three"})) is None
    assert item.snapshots.read(replace(snapshot, schema_name="another")) is None


@pytest.mark.parametrize("ride", [LIMITS, replace(LIMITS, state=40)], ids=["riding", "beside"])
async def test_a_state_that_json_does_not_hold_exactly_is_in_no_snapshot(ride: StoreLimits) -> None:
    store = Watched(ride)
    most = RecordedEvent("StockReceived", 1, {"quantity": 2**53 - 2})
    registered = RecordedEvent("ItemRegistered", 1, {"name": "Pin", "reorderPoint": 0})
    await store.append([commit(2, registered, most)])
    each = replace(
        item,
        snapshots=Snapshots(item.snapshots.schema, Item, every=1),
        decider=replace(item.decider, decide=lambda _command, _state: (StockReceived(quantity=1),)),
    )
    handling = ApplicationService(each, store, at_noon, no_pause)

    for number in range(3):
        await handling.handle(request(ReceiveStock(quantity=1), f"c{number}"))
        # What is kept behind a commit has its turn.
        await asyncio.sleep(0)

    kept = [*store.kept_states, *(one.version for one in store.commits() if one.snapshot)]
    assert kept == [3]
    assert (await loaded_by(each, store)).state.available == 2**53 + 1
