"""All events of a stream give one key of a view: one that gives two parks it, with both by name."""

from dataclasses import replace

import pytest

from shared.adapters.memory import MemoryEventStore, MemoryRows
from shared.domain.shop.item.events import StockReceived
from shared.domain.shop.views.stock import stock
from shared.kernel.messages.commit import Commit
from shared.kernel.messages.envelope import encode_all
from tests.consumers.worlds import World, markers
from tests.kernel.worlds import commit, received

BY_QUANTITY = replace(
    stock,
    name="by-quantity",
    key=lambda stream, event: (
        str(event.quantity) if isinstance(event, StockReceived) else stream.id
    ),
)
SENTENCE = (
    "BrokenStream: view 'by-quantity': stream item-teapot has keys '1' and '2'; all events of a stream must"
    " give one key: key=stream.id and a filter instead"
)


async def world_of(*commits: Commit) -> World:
    store = MemoryEventStore()
    for one in commits:
        await store.append([one])
    world = World(MemoryRows(), store)
    world.views = (BY_QUANTITY,)
    return world


@pytest.mark.parametrize(
    ("batches", "version"),
    [
        pytest.param([[1, 2]], 2, id="in one batch"),
        pytest.param([[1], [2]], 2, id="one by one"),
        pytest.param([[1], [3]], 2, id="behind a gap"),
        pytest.param([[3]], 3, id="all at once behind a gap"),
    ],
)
async def test_a_stream_with_two_keys_is_parked_with_both_by_name(
    batches: list[list[int]], version: int
) -> None:
    commits = [commit(number, received(how)) for number, how in ((1, 1), (2, 2), (3, 1))]
    world = await world_of(*commits)

    for batch in batches:
        await world.project([body for n in batch for body in encode_all(commits[n - 1])])

    (marker,) = await markers(world.parking, "projections")
    assert (marker.stream, marker.error) == (
        "item-teapot",
        f"item-teapot@{version}: {SENTENCE}",
    )


async def test_once_the_key_is_that_of_the_stream_its_row_has_everything() -> None:
    commits = [commit(number, received(number)) for number in (1, 2)]
    world = await world_of(*commits)
    await world.project([body for one in commits for body in encode_all(one)])
    (marker,) = await markers(world.parking, "projections")
    world.views = (replace(stock, name="by-quantity"),)

    await world.projections.replay(marker)

    (row,) = await world.rows.of_key("by-quantity", "teapot")
    assert (row.version, row.data["available"]) == (2, 3)
