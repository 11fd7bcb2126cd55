"""The audit goes on where it was, whoever dies, and takes no more memory than it may."""

from collections.abc import Sequence
from typing import Any

import pytest

from consumers.replay.audit import Audit
from consumers.replay.audit_note import NOT_TOLD, AuditNote
from consumers.replay.bucket import OF_A_STREAM, Bucket
from shared.adapters.memory import MemoryEventStore
from shared.kernel.errors import LogUnavailable, StoreUnavailable
from shared.kernel.messages.commit import Commit
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import FeedPage, Found, NumberedMessage
from tests.consumers.replay.audited import Audited, audited, forged
from tests.kernel.worlds import commit, received

SKU = "item-SKU3"
SMALL = 3 * OF_A_STREAM


async def noted(auditor: Audit) -> AuditNote:
    note = await auditor.note()
    assert note is not None
    return note


async def lacking() -> Audited:
    """Give a world whose log lacks a version of each of two streams."""
    world = await audited()
    for stream in (SKU, "item-SKU5"):
        world.change(stream, 4, lambda _: None)
    world.capture()
    world.wait()
    return world


def check(note: AuditNote) -> None:
    assert (note.phase, note.events, note.messages) == ("done", 42, 40)
    assert {str(one) for one in note.differences.first} == {
        f"item-SKU3@4: {NOT_TOLD}",
        f"item-SKU5@4: {NOT_TOLD}",
    }
    assert note.differences.counted == 2


async def test_without_an_audit_that_was_begun_nothing_is_read() -> None:
    world = await lacking()
    world.archive.away = True
    auditor = world.auditor()

    await auditor.run(1e9)

    assert await auditor.note() is None


async def test_one_that_is_interrupted_goes_on_where_it_was() -> None:
    world = await lacking()
    auditor = world.auditor()
    await auditor.begin()
    runs = 0
    while (await noted(auditor)).phase == "running" and runs < 100:
        await auditor.run(3)
        runs += 1

    check(await noted(auditor))
    assert runs > 5


async def test_another_process_begins_the_bucket_again_and_no_other() -> None:
    world = await lacking()
    await world.auditor(SMALL).begin()
    ended = [0]
    for _ in range(20):
        await world.auditor(SMALL).run(60)
        ended.append((await noted(world.auditor())).ended)

    note = await noted(world.auditor())
    check(note)
    assert ended == sorted(ended)
    assert len(set(ended)) > 2


async def test_one_that_goes_on_is_begun_once_and_one_that_is_done_anew() -> None:
    world = await lacking()
    auditor = world.auditor()
    begun = await auditor.begin()
    world.seconds += 60
    assert await auditor.begin() == begun
    await auditor.run(1e9)

    again = await auditor.begin()

    assert again.begun > begun.begun
    assert (again.phase, again.differences.counted) == ("running", 0)


async def test_what_was_compared_for_an_audit_before_counts_for_none_that_was_begun_since() -> None:
    world = await lacking()
    first, second = world.auditor(), world.auditor()
    await first.begin()
    await first.run(20)
    await second.run(1e9)
    await second.begin()

    await first.run(1e9)

    check(await noted(first))


class Failing(MemoryEventStore):
    """A store that fails once when it is read."""

    def __init__(self, store: MemoryEventStore) -> None:
        super().__init__()
        self.inner, self.fails = store, True

    async def read(self, stream: StreamName, after: int = 0, *, limit: int) -> Found:
        if self.fails:
            self.fails = False
            raise StoreUnavailable("no answer")
        return await self.inner.read(stream, after, limit=limit)


async def test_what_may_pass_is_raised_and_nothing_is_counted_twice() -> None:
    world = await audited()
    world.change(SKU, 2, forged(data={}))
    world.change(SKU, 6, forged(data={}))
    world.wait()
    auditor = world.auditor(store=Failing(world.store))
    await auditor.begin()
    with pytest.raises(BaseExceptionGroup) as raised:
        await auditor.run(1e9)
    assert raised.group_contains(StoreUnavailable)

    await auditor.run(1e9)

    note = await noted(auditor)
    assert (note.phase, note.differences.counted, note.messages) == ("done", 2, 42)


async def test_a_feed_and_a_hub_that_fail_once_are_read_on_where_they_were(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = await lacking()
    world.archive.kept.clear()
    world.hub.begins = [0, 0]
    auditor, positions, failed = world.auditor(), list[Any](), set[str]()
    read_feed, read_hub = world.feed.read, world.hub.read

    async def feed(range_: str, position: str | None, limit: int | None = None) -> FeedPage:
        if len(positions) == 4 and "feed" not in failed:
            failed.add("feed")
            raise StoreUnavailable("no answer")
        positions.append((range_, position))
        return await read_feed(range_, position, limit)

    async def hub(partition: int, after: int, most: int) -> Sequence[NumberedMessage]:
        if partition == 1 and "hub" not in failed:
            failed.add("hub")
            raise LogUnavailable("no answer")
        return await read_hub(partition, after, most)

    monkeypatch.setattr(world.feed, "read", feed)
    monkeypatch.setattr(world.hub, "read", hub)
    await auditor.begin()
    for error in (StoreUnavailable, LogUnavailable):
        with pytest.raises(error):
            await auditor.run(1e9)
    await auditor.run(1e9)

    check(await noted(auditor))
    assert len(positions) == len(set(positions))


async def peak(streams: int, monkeypatch: pytest.MonkeyPatch) -> tuple[int, int]:
    """Audit so many streams; returns the most bytes that a bucket took, and how many buckets there were."""
    sizes = [0]
    keep = Bucket.keep

    def counted(bucket: Bucket, commit: Commit, *, due: bool) -> None:
        keep(bucket, commit, due=due)
        sizes.append(bucket.size)

    with monkeypatch.context() as here:
        here.setattr(Bucket, "keep", counted)
        world = await audited(streams, versions=3)
        note = await world.audit(8_000)
    assert note.agrees
    assert note.events == note.messages == 3 * streams
    return max(sizes), note.buckets


async def test_memory_is_the_same_however_many_streams_there_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    few, some = await peak(20, monkeypatch)
    many, more = await peak(400, monkeypatch)

    page = 3 * (OF_A_STREAM + 3 * 9)
    assert few <= many <= 8_000 + page
    assert some < more


async def test_a_stream_that_is_longer_than_a_bucket_splits_nothing_for_ever() -> None:
    world = await audited()
    long = [
        commit(one, received(1), command_id=f"l{one}", stream=StreamName("item", "LONG"))
        for one in range(1, 300)
    ]
    await world.write(*long)

    note = await world.audit(SMALL)

    assert note.agrees
    assert 1 < note.buckets <= 8
