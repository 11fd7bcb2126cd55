"""The audit proves that store and log say the same, or names by stream and version what they do not agree on."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from consumers.replay.audit import BUDGET
from consumers.replay.audit_note import (
    HELD_BACK,
    NO_EVENT,
    NOT_STORED,
    NOT_TOLD,
    NOWHERE,
    OUT_OF_ORDER,
    SHOWN,
    UNREADABLE,
)
from shared.adapters.names import SINGLE_PUBLISHER
from shared.kernel.delivery.parking import Action, Decision, marker_of
from shared.kernel.delivery.partition import partition_of
from shared.kernel.errors import InvalidMessage, Poison
from shared.kernel.messages.commit import Commit
from shared.kernel.messages.envelope import encode_all
from shared.kernel.messages.stream import StreamName
from tests.consumers.replay.audited import PARTITIONS, Audited, audited, forged
from tests.kernel.asking import NOON
from tests.kernel.worlds import commit, received

SKU = StreamName("item", "SKU3")
EVENTS = 7 * 6


def later(version: int, *, stream: StreamName = SKU) -> Commit:
    """Give one more commit of an item."""
    return commit(version, received(9), command_id=f"late-{version}", stream=stream)


def nothing(_: bytes) -> None:
    """Take a message away."""


async def test_of_what_store_and_log_both_say_nothing_is_different() -> None:
    world = await audited()
    world.capture()

    note = await world.audit()

    assert note.agrees
    assert (note.phase, note.differences.counted) == ("done", 0)
    assert (note.events, note.messages) == (EVENTS, EVENTS)


@pytest.mark.parametrize("versions", [(2,), (6,), (1, 2, 3, 4, 5, 6)])
async def test_what_the_log_lacks_is_named(versions: tuple[int, ...]) -> None:
    world = await audited()
    for version in versions:
        world.change(str(SKU), version, nothing)
    world.capture()

    assert await world.found() == [f"item-SKU3@{version}: {NOT_TOLD}" for version in versions]


async def test_what_the_store_lacks_is_named() -> None:
    world = await audited()
    await world.tell(later(7), later(1, stream=StreamName("item", "NEW")))
    world.capture()

    assert await world.found() == [f"item-NEW@1: {NOT_STORED}", f"item-SKU3@7: {NOT_STORED}"]


class Gap(Audited):
    """A store out of whose streams the fourth version has been deleted."""

    async def keep(self, *commits: Commit) -> None:
        await super().keep(*(one for one in commits if one.version != 4))


@pytest.mark.parametrize(("take_away", "what"), [(None, NOT_STORED), (nothing, NOWHERE)])
async def test_a_commit_that_was_deleted_in_the_middle_is_named(
    take_away: Callable[[bytes], None] | None, what: str
) -> None:
    world = Gap()
    await world.write(*(later(version) for version in range(1, 6)))
    if take_away is not None:
        world.change(str(SKU), 4, take_away)

    assert await world.found() == [f"item-SKU3@4: {what}"]


async def test_a_version_that_comes_first_behind_a_later_one_is_named() -> None:
    world = await audited()
    kept: list[bytes] = []
    world.change(str(SKU), 2, kept.append)
    await world.hub.send(partition_of(str(SKU), PARTITIONS), kept)
    world.capture()

    assert await world.found() == [f"item-SKU3@2: {OUT_OF_ORDER}"]


@pytest.mark.parametrize(
    ("version", "attributes", "named"),
    [
        (1, {"data": {"quantity": 2}}, "data"),
        (1, {"type": "StockLost"}, "type"),
        (1, {"time": "2026-11-23T12:00:00.000001Z"}, "time"),
        (1, {"dataschema": "urn:onewrite:schema:item/StockReceived/2"}, "dataschema"),
        (1, {"causationid": "another"}, "causationid"),
        (1, {"digest": "f" * 64}, "digest"),
        (1, {"actor": "somebody"}, "actor"),
        (2, {"digest": "f" * 64}, "digest"),
        (2, {"data": {}, "source": "/elsewhere"}, "source, data"),
    ],
)
async def test_what_the_log_tells_otherwise_is_named(
    version: int, attributes: dict[str, object], named: str
) -> None:
    world = await audited()
    world.change(str(SKU), version, forged(**attributes))
    world.capture()

    assert await world.found() == [f"item-SKU3@{version}: the log tells it otherwise: {named}"]


async def test_what_older_code_has_sent_in_its_own_form_is_no_difference() -> None:
    world = await audited()
    world.change(str(SKU), 3, forged(digest=None, dataschema="item/StockReceived/1"))

    assert await world.found() == []


async def test_what_comes_again_is_no_difference() -> None:
    world = await audited()
    await world.tell(*world.store.commits()[::2])
    world.capture()

    assert (await world.audit()).agrees


async def test_what_comes_again_otherwise_is_named() -> None:
    world = await audited()
    (body,) = encode_all(world.store.commits()[0])
    await world.hub.send(partition_of("item-SKU0", PARTITIONS), [forged(data={})(body)])

    assert await world.found() == ["item-SKU0@1: the log tells it otherwise: data"]


async def test_what_the_publisher_has_had_no_time_to_send_is_no_difference() -> None:
    world = await audited()
    world.wait()
    await world.keep(later(7))
    auditor = world.auditor()
    await auditor.begin()
    await auditor.run(1e9)

    note = await auditor.note()

    assert note is not None
    assert note.agrees
    assert await world.found() == [f"item-SKU3@7: {NOT_TOLD}"]


async def test_what_was_stored_and_sent_while_the_store_was_read_is_no_difference() -> None:
    world = await audited()
    world.wait()
    await world.write(later(7), later(1, stream=StreamName("item", "NEW")))
    auditor = world.auditor()
    await auditor.begin()
    await auditor.run(1e9)

    note = await auditor.note()

    assert note is not None
    assert note.agrees
    assert note.events == EVENTS + 2


async def test_what_operators_hold_back_or_have_passed_over_is_told_as_such() -> None:
    world = await audited()
    poison = Poison(str(SKU), 5, InvalidMessage("no"))
    await world.parking.park(marker_of(SINGLE_PUBLISHER, poison, NOON))
    passed_over = Decision(
        consumer=SINGLE_PUBLISHER,
        stream=str(SKU),
        version=2,
        action=Action.SKIP,
        by="ann",
        reason="no",
        time=NOON,
    )
    await world.parking.decide(passed_over)
    for version in (2, 4, 5, 6):
        world.change(str(SKU), version, nothing)

    assert await world.found() == [
        f"item-SKU3@4: {NOT_TOLD}",
        f"item-SKU3@5: {HELD_BACK}",
        f"item-SKU3@6: {HELD_BACK}",
    ]


async def test_what_nobody_can_read_is_named() -> None:
    world = await audited()
    world.store.written.append(replace(later(7), time="noon"))
    world.store.taken_at.append(0)
    await world.hub.send(1, [b"none"])
    world.capture()
    number = len(world.hub.messages[1]) - 1

    assert await world.found() == [
        f"item-SKU3@7: {UNREADABLE}",
        f"partition 1@{number}: {NO_EVENT}",
    ]


@pytest.mark.parametrize("budget", [4_000, BUDGET])
async def test_of_many_differences_some_are_named_and_all_counted(budget: int) -> None:
    world = await audited(streams=40)
    await world.hub.send(1, [b"none"] * 5)
    for bodies in world.hub.messages:
        bodies[:] = [body for body in bodies if b"@2" not in body]
    world.hub.messages[0].clear()

    note = await world.audit(budget)

    assert (note.buckets > 1) == (budget == 4_000)
    in_the_second = sum(partition_of(f"item-SKU{one}", PARTITIONS) for one in range(40))
    assert note.differences.counted == 40 * 6 - in_the_second * 5 + 5
    assert len(note.differences.first) == SHOWN


async def test_a_hole_in_the_archive_is_named_and_stops_it() -> None:
    world = await audited()
    world.capture()
    del world.archive.kept["1/000001.avro"]

    note = await world.audit()

    assert (note.phase, note.agrees) == ("stopped", False)
    assert note.stopped == ("partition 1, file '1/000002.avro': 4 to 7 are missing before 8")
