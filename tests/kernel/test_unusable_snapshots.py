"""A snapshot that cannot be read, for whatever reason, is as none: the load goes on back, a new one follows."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from shared.domain.shop.item import item
from shared.domain.shop.item.state import Item
from shared.kernel.commands.category import Category
from shared.kernel.commands.snapshot import Snapshots
from tests.kernel.deployments import Host, loaded_by, snapshots, state_of_everything, stream
from tests.kernel.test_loading import item_with

WRITTEN = item.snapshots.schema


def upcasting(older: Callable[[dict[str, Any]], Any]) -> Category:
    return item_with("item/3", older)


UNUSABLE: dict[str, Category] = {
    "a member that is not there": upcasting(lambda state: {"available": state["gone"]}),
    "a value that was never foreseen": upcasting(lambda state: {"available": 1 // 0, **state}),
    "something else than a state": upcasting(lambda _: None),
    "a state that is none": upcasting(lambda state: {**state, "available": "three"}),
    "another shape under the same name": replace(item, snapshots=Snapshots(WRITTEN, int, every=50)),
}


@pytest.mark.parametrize("why", UNUSABLE)
async def test_a_snapshot_that_cannot_be_read_is_passed_over(why: str) -> None:
    host = await stream(120)

    loaded = await loaded_by(UNUSABLE[why], host.store)

    assert loaded.state == await state_of_everything(host.store)
    assert host.store.pages == [50, 70]


async def test_a_snapshot_that_cannot_be_upcast_is_followed_by_a_new_one() -> None:
    host = await stream(120)
    old = snapshots(host.store.commits())
    new = Host(host.store, upcasting(lambda state: {"available": state["gone"]}))

    await new.receive()

    assert snapshots(host.store.commits()) == [*old, 121]
    new.restart()
    host.store.pages.clear()
    assert isinstance((await loaded_by(new.category, host.store)).state, Item)
    assert host.store.pages == [50]
