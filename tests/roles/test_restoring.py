"""What the publisher has sent is what the store is restored from."""

from consumers.replay.composition import restoring
from shared.adapters.memory import MemoryEventStore
from tests.roles.wired import Wired, placed, stocked


async def test_a_store_that_is_gone_is_restored_from_what_was_published(wired: Wired) -> None:
    await stocked(wired)
    await placed(wired)
    gone, empty = wired.store, MemoryEventStore()
    work = await restoring()
    work.store = empty

    found = [await work.partition(number) for number in range(wired.log.partitions)]

    assert [one for partition in found for one in partition.missing] == []
    assert empty.commits() != []
    assert sorted(empty.commits(), key=lambda one: (one.stream, one.version)) == sorted(
        gone.commits(), key=lambda one: (one.stream, one.version)
    )
