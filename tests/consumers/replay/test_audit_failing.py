"""What fails while store and log are audited is raised, and the audit goes on where it was."""

from collections.abc import Sequence
from typing import Any

import pytest

from consumers.replay import audit_pass
from consumers.replay.audit_note import NOT_STORED, AuditNote
from shared.adapters.memory import MemoryEventStore
from shared.kernel.delivery.parking import Decision
from shared.kernel.errors import InvalidMessage, LogUnavailable, StoreUnavailable, UnreadableCommit
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import FeedPage, Found, NumberedMessage
from tests.consumers.replay.audited import (
    SKU,
    audited,
    check,
    forged,
    lacking,
    noted,
)


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
    world.change(SKU, 3, forged(data={}))
    world.wait()
    auditor = world.auditor(store=Failing(world.store))
    await auditor.begin()
    with pytest.raises(BaseExceptionGroup) as raised:
        await auditor.run(1e9)
    assert raised.group_contains(StoreUnavailable)

    await auditor.run(1e9)

    note = await noted(auditor)
    assert (note.phase, note.differences.counted, note.messages) == ("done", 2, 42)


class Unreadable(Failing):
    """A store with an item that nobody can read."""

    async def read(self, stream: StreamName, after: int = 0, *, limit: int) -> Found:
        raise UnreadableCommit(
            InvalidMessage(f"no commit of {stream}"), after + 1, after + limit, 0
        )


async def test_what_the_store_cannot_read_is_not_in_it() -> None:
    world = await audited()
    world.change(SKU, 2, forged(data={}))
    world.wait()
    auditor = world.auditor(store=Unreadable(world.store))
    await auditor.begin()
    await auditor.run(1e9)

    assert list(map(str, (await noted(auditor)).differences.first)) == [f"{SKU}@2: {NOT_STORED}"]


async def test_decisions_that_cannot_be_read_now_are_read_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = await lacking()
    auditor = world.auditor()
    await auditor.begin()

    async def away(consumer: str, stream: str) -> list[Decision]:
        raise StoreUnavailable(f"no answer about {stream} of {consumer}")

    with monkeypatch.context() as here:
        here.setattr(world.parking, "decisions", away)
        with pytest.raises(BaseExceptionGroup) as raised:
            await auditor.run(1e9)
    assert raised.group_contains(StoreUnavailable)
    await auditor.run(1e9)

    check(await noted(auditor))


async def test_what_was_named_before_decisions_could_not_be_read_is_named_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = await lacking()
    monkeypatch.setattr(audit_pass, "AT_ONCE", 1)
    auditor, decisions = world.auditor(), world.parking.decisions
    await auditor.begin()
    asked: list[str] = []

    async def away_for_the_second(consumer: str, stream: str) -> list[Decision]:
        asked.append(stream)
        if len(asked) == 2:
            raise StoreUnavailable("no answer")
        return list(await decisions(consumer, stream))

    monkeypatch.setattr(world.parking, "decisions", away_for_the_second)
    with pytest.raises(BaseExceptionGroup):
        await auditor.run(1e9)
    await auditor.run(1e9)

    assert len(asked) == 4
    check(await noted(auditor))


async def test_of_two_who_begin_at_once_one_does(monkeypatch: pytest.MonkeyPatch) -> None:
    world = await lacking()
    advance, others = world.progress.advance, list[AuditNote]()

    async def raced(name: str, position: str, replacing: str | None) -> str | None:
        if not others:
            others.append(AuditNote(begun="before"))
            await world.progress.write(name, others[0].model_dump_json())
        return await advance(name, position, replacing)

    monkeypatch.setattr(world.progress, "advance", raced)

    assert await world.auditor().begin() == others[0]


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
