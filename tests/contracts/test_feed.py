"""What every feed of the store, and every store of progress, promises."""

from dataclasses import replace

from emulators.tests.machine import limit
from shared.adapters.cosmos.codec import from_item
from shared.kernel.delivery.feed_places import Stretch
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import EventStore, Feed, Progress, StoredPosition
from tests.kernel.worlds import commit


async def everything(feed: Feed) -> tuple[list[str], dict[str, str | None]]:
    """Read to the end of every range."""
    found: list[str] = []
    positions: dict[str, str | None] = {}
    for range_ in await feed.ranges():
        position: str | None = None
        while (page := await feed.read(range_, position)).items:
            found += [f"{c.stream}@{c.version}" for c in map(from_item, page.items)]
            position = page.position
        positions[range_] = position
    return found, positions


async def test_everything_is_read_once_and_a_stream_in_the_order_of_its_writes(
    store: EventStore, feed: Feed
) -> None:
    streams = [StreamName("item", f"SKU{number}") for number in range(10)]
    for version in range(1, 4):
        for stream in streams:
            await store.append([commit(version, stream=stream)])

    found, _ = await everything(feed)

    assert sorted(found) == sorted(f"{s}@{v}" for s in streams for v in range(1, 4))
    for stream in streams:
        own = [one for one in found if one.startswith(f"{stream}@")]
        assert own == [f"{stream}@{version}" for version in range(1, 4)]


async def test_a_position_leads_on_to_what_is_new(store: EventStore, feed: Feed) -> None:
    await store.append([commit(1)])
    _, positions = await everything(feed)
    await store.append([commit(2)])

    new = [
        item["version"]
        for range_, position in positions.items()
        for item in (await feed.read(range_, position)).items
    ]

    assert new == [2]


async def test_a_limit_is_kept_and_what_is_behind_it_comes_next(
    store: EventStore, feed: Feed
) -> None:
    for version in range(1, 6):
        await store.append([commit(version)])
    pages = [(one, await feed.read(one, None, limit=2)) for one in await feed.ranges()]
    [(range_, page)] = [(one, page) for one, page in pages if page.items]

    rest = await feed.read(range_, page.position)

    assert [item["version"] for item in page.items] == [1, 2]
    assert [item["version"] for item in rest.items] == [3, 4, 5]


async def test_each_item_is_as_old_as_the_store_says_whatever_its_commit_does(
    store: EventStore, feed: Feed
) -> None:
    await store.append([replace(commit(1), time="2999-01-01T00:00:00.000000Z")])

    pages = [await feed.read(one, None) for one in await feed.ranges()]

    [age] = [age for page in pages for age in page.ages]
    # Whole seconds, of two clocks that are one.
    assert -1 <= age <= limit()


async def test_the_time_is_that_by_which_items_have_their_age(
    store: EventStore, feed: Feed
) -> None:
    await store.append([commit(1)])
    before = await feed.time()

    pages = [await feed.read(one, None) for one in await feed.ranges()]

    [age] = [age for page in pages for age in page.ages]
    assert -2 <= await feed.time() - age - before <= limit()


async def test_a_range_that_is_cut_is_read_on_from_the_place_of_the_whole(
    store: EventStore, feed: Feed
) -> None:
    streams = [StreamName("item", f"SKU{number}") for number in range(20)]
    await store.append([commit(1, stream=streams[0])])
    _, places = await everything(feed)
    for stream in streams[1:]:
        await store.append([commit(1, stream=stream)])

    found: list[str] = []
    for range_, place in places.items():
        first, beyond = Stretch.parse(range_)
        # Keys are hexadecimal: this one is between the two.
        middle = f"{first or '00'}8"
        for half in (Stretch(first, middle), Stretch(middle, beyond)):
            page = await feed.read(str(half), place)
            while page.items:
                found += [item["stream"] for item in page.items]
                page = await feed.read(str(half), page.position)

    assert sorted(found) == sorted(map(str, streams[1:]))


async def test_a_position_is_kept(progress: Progress) -> None:
    assert await progress.read("sweep:1") is None

    await progress.write("sweep:1", "a")
    await progress.write("sweep:1", "b" * 2_000)

    assert await progress.read("sweep:1") == "b" * 2_000
    assert await progress.read("sweep:2") is None


async def test_many_positions_are_read_at_once(progress: Progress) -> None:
    for number in range(40):
        await progress.write(f"reactions:{number}", str(number))
    asked = [*(f"reactions:{number}" for number in range(30)), "reactions:40", "reactions:"]

    found = await progress.read_all(asked)

    assert found == {f"reactions:{number}": str(number) for number in range(30)}


async def test_of_two_who_note_a_position_in_place_of_one_the_first_does(
    progress: Progress,
) -> None:
    assert await progress.find("reactions:0") is None
    first = await progress.advance("reactions:0", "4", None)
    assert first is not None
    assert await progress.advance("reactions:0", "3", None) is None

    second = await progress.advance("reactions:0", "9", first)

    assert second not in {None, first}
    assert await progress.advance("reactions:0", "7", first) is None
    assert await progress.find("reactions:0") == StoredPosition("9", str(second))
    assert await progress.read("reactions:0") == "9"
