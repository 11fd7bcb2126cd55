"""Loading from the last snapshot: bounded whatever the length, right whatever the schema."""

from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.adapters.cosmos.codec import LIMITS
from shared.domain.shop.item import item
from shared.domain.shop.item.commands import ReceiveStock, ReserveStock
from shared.domain.shop.item.state import Item
from shared.kernel.commands.category import Category
from shared.kernel.commands.snapshot import EVERY, Snapshots
from shared.kernel.messages.upcasting import Upcaster
from tests.kernel.deployments import Host, loaded_by, snapshots, state_of_everything, stream
from tests.kernel.worlds import request


async def test_every_fiftieth_commit_carries_a_snapshot() -> None:
    host = await stream(230)

    assert snapshots(host.store.commits()) == [50, 100, 150, 200]


@pytest.mark.parametrize("length", [1, 49, 50, 51, 99, 100, 101, 1_000])
async def test_a_load_is_one_bounded_query_and_gives_what_all_events_give(length: int) -> None:
    host = await stream(length)

    loaded = await loaded_by(item, host.store)

    assert loaded.version == length
    assert loaded.state == await state_of_everything(host.store)
    assert host.store.pages == [min(length, EVERY)]


async def test_a_cold_host_goes_on_with_the_rhythm_of_snapshots() -> None:
    host = await stream(70)
    host.restart()
    await host.receive(60)

    assert snapshots(host.store.commits()) == [50, 100]


async def test_a_state_as_it_was_at_a_version_is_loaded_too() -> None:
    host = await stream(120)

    loaded = await loaded_by(item, host.store, through=77)

    assert (loaded.version, loaded.state.available) == (77, 76)
    assert host.store.pages == [50]


def item_with(schema: str, older: Upcaster | None = None) -> Category:
    upcasters = {"item/2": older} if older else {}
    return replace(item, snapshots=Snapshots(schema, Item, upcasters))


async def test_a_snapshot_of_another_schema_is_passed_over_and_a_new_one_follows() -> None:
    host = await stream(200)
    new = Host(host.store, item_with("item/3"))

    await new.receive()

    newest = host.store.commits()[-1]
    assert host.store.pages == [50, 150]
    assert newest.snapshot is not None
    assert newest.snapshot.schema_name == "item/3"
    host.store.pages.clear()
    new.restart()
    await new.receive()
    assert host.store.pages == [50]


async def test_an_old_snapshot_that_can_be_upcast_is_used() -> None:
    host = await stream(200)
    upcasting = item_with("item/3", older=lambda state: {**state, "reorder_point": 7})

    loaded = await loaded_by(upcasting, host.store)

    assert (loaded.version, loaded.state.reorder_point) == (200, 7)
    assert host.store.pages == [50]


async def test_a_snapshot_that_the_state_itself_refuses_is_passed_over() -> None:
    @dataclass(frozen=True, slots=True)
    class Strict(Item):
        def __post_init__(self) -> None:
            raise KeyError("what older code has left out")

    host = await stream(200)
    strict = replace(item, snapshots=Snapshots(item.snapshots.schema, Strict))

    loaded = await loaded_by(strict, host.store)

    assert (loaded.version, loaded.state) == (200, await state_of_everything(host.store))


async def test_deployments_that_alternate_stay_right_and_bounded() -> None:
    host = await stream(300)
    old, new = host, Host(host.store, item_with("item/3"))
    for _ in range(40):
        for deployment in (old, new):
            deployment.restart()
            await deployment.receive(9)
    host.store.pages.clear()

    for deployment in (old, new):
        loaded = await loaded_by(deployment.category, host.store)
        assert loaded.state == await state_of_everything(host.store)

    # Each finds a snapshot of its own among as many commits as both write between two of them.
    assert sum(host.store.pages) <= 2 * (EVERY + 2 * EVERY)


@settings(max_examples=50)
@given(st.lists(st.integers(0, 1), min_size=1, max_size=160), st.integers(1, 60))
async def test_whatever_was_asked_and_whoever_restarts_the_load_is_the_fold(
    kinds: list[int], every: int
) -> None:
    host = await stream(3)
    for number, kind in enumerate(kinds):
        if number % every == 0:
            host.restart()
        command = ReceiveStock(quantity=2) if kind else ReserveStock(reservation_id="r", quantity=1)
        await host.service.handle(request(command, f"c{number}"))

    loaded = await loaded_by(item, host.store)

    assert loaded.state == await state_of_everything(host.store)
    assert len(host.store.commits()) // EVERY == len(snapshots(host.store.commits()))


def test_the_limits_are_those_that_the_documentation_names() -> None:
    assert (EVERY, LIMITS.state) == (50, 262_144)
