"""What every feed of the store, and every store of progress, promises."""

from shared.kernel.messages.commit import from_item
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


async def test_a_position_is_kept(progress: Progress) -> None:
    assert await progress.read("sweep:1") is None

    await progress.write("sweep:1", "a")
    await progress.write("sweep:1", "b" * 2_000)

    assert await progress.read("sweep:1") == "b" * 2_000
    assert await progress.read("sweep:2") is None


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
