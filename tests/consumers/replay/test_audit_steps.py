"""The audit goes on where it was, whoever dies, and takes no more memory than it may."""

import pytest

from consumers.replay.bucket import OF_A_STREAM, Bucket
from shared.kernel.messages.commit import Commit
from shared.kernel.messages.stream import StreamName
from tests.consumers.replay.audited import audited, check, lacking, noted
from tests.kernel.worlds import commit, received

SMALL = 3 * OF_A_STREAM


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
