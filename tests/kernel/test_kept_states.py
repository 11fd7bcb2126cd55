"""A state that is too large for its commit is kept beside it: it may be late, missing or lost."""

from dataclasses import replace

from shared.adapters.cosmos.codec import LIMITS
from shared.domain.shop.item import item
from shared.domain.shop.item.commands import RegisterItem
from shared.domain.shop.item.state import Item
from shared.kernel.commands.snapshot import Snapshots
from shared.kernel.messages.commit import StoredSnapshot
from tests.kernel.deployments import (
    Host,
    Watched,
    loaded_by,
    snapshots,
    state_of_everything,
    stream,
)
from tests.kernel.worlds import request

SMALL = replace(LIMITS, state=40)
"""Limits under which no state of an item rides."""


async def test_a_state_that_is_too_large_to_ride_is_kept_beside_the_commits() -> None:
    host = await stream(170, Watched(SMALL))
    host.restart()
    await host.receive(5)

    assert snapshots(host.store.commits()) == []
    assert host.store.keeps == [50, 100, 150]
    loaded = await loaded_by(item, host.store)
    assert (loaded.version, loaded.since_snapshot) == (175, 25)
    assert loaded.state == await state_of_everything(host.store)
    assert host.store.pages == [50, 50]


async def test_a_kept_state_may_be_late_or_missing_or_that_of_other_code() -> None:
    host = await stream(170, Watched(SMALL))
    late = host.store.kept_states[50]
    of_other_code = replace(late, snapshot=replace(late.snapshot, schema_name="item/99"))

    for kept in (late, of_other_code, None):
        host.store.pages.clear()
        host.store.put_back(kept)
        loaded = await loaded_by(item, host.store)
        assert loaded.state == await state_of_everything(host.store)
        assert host.store.pages == [50, 120]


async def test_a_kept_state_of_a_commit_that_is_not_there_is_not_believed() -> None:
    host = await stream(170, Watched(SMALL))
    # A restored store has lost its last commits, and others took their place.
    lost = replace(host.store.kept_states[150], command_id="lost")
    host.store.put_back(replace(lost, snapshot=item.snapshots.write(Item(available=-7))))

    loaded = await loaded_by(item, host.store)

    assert loaded.state == await state_of_everything(host.store)


async def test_a_state_as_it_was_before_the_kept_one_is_loaded_too() -> None:
    host = await stream(170, Watched(SMALL))

    loaded = await loaded_by(item, host.store, through=77)

    assert (loaded.version, loaded.state.available) == (77, 76)


async def test_a_large_state_is_not_written_out_for_each_command() -> None:
    written: list[Item] = []

    class Counting(Snapshots[Item]):
        def write(self, state: Item) -> StoredSnapshot:
            written.append(state)
            return super().write(state)

    counting = replace(item, snapshots=Counting("item/2", Item))
    host = Host(Watched(SMALL), counting)

    await host.service.handle(request(RegisterItem(name="Teapot", reorder_point=0), "register"))
    await host.receive(199)

    assert host.store.keeps == [50, 100, 150, 200]
    assert len({id(state) for state in written}) == 4


async def test_a_store_that_keeps_no_state_hurts_nobody() -> None:
    store = Watched(SMALL)
    store.fails = True

    host = await stream(120, store)

    assert host.store.keeps == [50, 100]
    assert (await loaded_by(item, host.store)).version == 120
