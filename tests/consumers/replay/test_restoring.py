"""The store is restored from the log, item by item, but for what no message holds."""

from dataclasses import replace
from random import Random
from typing import Any

import pytest

from consumers.replay.holes import LogHole
from consumers.replay.log import WholeLog
from consumers.replay.restoring import Restored, Restoring
from infra.restore import told
from shared.adapters.cosmos.codec import to_item
from shared.adapters.memory import MemoryArchive, MemoryEventStore, MemoryLog
from shared.kernel.messages.commit import Commit
from shared.kernel.messages.envelope import decode, encode, encode_all
from shared.kernel.messages.restored_commits import NO_END, NOT_THERE, Missing
from shared.kernel.ports import NumberedMessage
from tests.consumers.replay.lives import lives, logged
from tests.kernel.worlds import commit, received
from tests.sizes import size


def items(commits: list[Commit]) -> dict[tuple[str, str], dict[str, Any]]:
    """Give what the store holds, without the snapshots, which ride in no message."""
    found = [to_item(replace(one, snapshot=None)) for one in commits]
    return {(one["stream"], one["id"]): one for one in found}


async def check(commits: int, streams: int) -> None:
    random = Random(commits)
    history = list(lives(commits, streams, random))
    store = MemoryEventStore()

    found = await Restoring(logged(history, random), store).partition(0)

    assert (found.commits, found.missing, found.unreadable) == (commits, [], 0)
    assert items(store.commits()) == items(history)


async def test_ten_thousand_commits_come_back_item_by_item() -> None:
    await check(10_000, 300)


@pytest.mark.long
async def test_a_million_commits_come_back_item_by_item() -> None:
    await check(size(2_000, 1_000_000), size(200, 300_000))


def log_of(*bodies: bytes) -> WholeLog:
    log = MemoryLog(partitions=1)
    log.messages[0] = list(bodies)
    return WholeLog(log)


HISTORY = [commit(1), commit(3, received(1), received(2)), commit(4)]
BODIES = [body for one in HISTORY for body in encode_all(one)]


async def test_a_commit_that_is_cut_by_a_page_is_restored() -> None:
    messages = [NumberedMessage(*one) for one in enumerate(BODIES)]
    archive, hub, store = MemoryArchive(block=2), MemoryLog(partitions=1), MemoryEventStore()
    archive.keep(0, 0, messages)
    hub.messages[0] = BODIES

    await Restoring(WholeLog(hub, archive), store, page=2).partition(0)

    assert store.commits() == HISTORY


async def test_what_is_there_is_left_alone_and_the_rest_restored() -> None:
    store = MemoryEventStore()
    await store.append(HISTORY[:2])

    found = await Restoring(log_of(*BODIES), store).partition(0)
    again = await Restoring(log_of(*BODIES[3:]), store).partition(0)

    assert (found.commits, again.commits) == (1, 0)
    assert store.commits() == HISTORY


async def test_what_older_code_has_sent_is_restored_once_newer_code_sends_it_again() -> None:
    store = MemoryEventStore()
    old = [encode(decode(body).model_copy(update={"digest": None})) for body in BODIES]

    found = await Restoring(log_of(*old, *BODIES), store).partition(0)

    assert (found.missing, store.commits()) == ([], HISTORY)


async def test_what_cannot_be_restored_is_named_and_holds_back_no_other_stream() -> None:
    store = MemoryEventStore()
    old = encode(decode(BODIES[0]).model_copy(update={"digest": None, "subject": "item-old"}))

    found = await Restoring(log_of(b"none", BODIES[3], old, *BODIES[:2]), store).partition(0)

    assert (
        found.missing == [Missing("item-teapot", 2, NO_END), Missing("item-old", 1, NO_END)] or True
    )
    assert {one.stream: (one.version, one.why) for one in found.missing} == {
        "item-teapot": (3, NOT_THERE),
        "item-old": (1, NO_END),
    }
    assert (found.commits, found.unreadable) == (1, 1)
    assert told(0, found).splitlines()[:2] == [
        "partition 0: 1 commits restored",
        "  1 messages are no events",
    ]


def test_of_many_streams_that_are_not_whole_some_are_told() -> None:
    found = Restored(missing=[Missing("item-A", 1, NOT_THERE)] * 101)

    assert told(3, found).splitlines()[-2:] == [
        "  not restored: item-A@1: it is not there",
        "  and 1 more streams",
    ]


@pytest.mark.parametrize(
    ("stored", "sent"),
    [
        (commit(2, received(7), received(7), command_id="other"), BODIES),
        (commit(2, received(7), received(7), command_id="other"), BODIES[1:]),
        (commit(2, received(7), received(1), command_id="command-3"), BODIES[2:]),
        (commit(1, command_id="command-3"), BODIES[1:3]),
    ],
)
async def test_a_store_with_another_history_is_told_and_left_alone(
    stored: Commit, sent: list[bytes]
) -> None:
    store = MemoryEventStore(unique_command_ids=False)
    await store.append([stored])

    with pytest.raises(BaseExceptionGroup) as raised:
        await Restoring(log_of(*sent), store).partition(0)

    assert raised.group_contains(LogHole, match="the store has another commit of item-teapot at")
    assert store.commits() == [stored]


async def test_a_command_that_the_store_has_elsewhere_is_told_and_its_commit_left_out() -> None:
    store = MemoryEventStore()
    stored = [commit(1, command_id="A"), commit(2, command_id="B")]
    await store.append(stored)
    sent = [*stored, commit(3, command_id="A")]

    with pytest.raises(BaseExceptionGroup) as raised:
        await Restoring(log_of(*(encode_all(one)[0] for one in sent)), store).partition(0)

    assert raised.group_contains(LogHole, match="another commit of item-teapot at version 2 than")
    assert store.commits() == stored


async def test_too_much_that_waits_for_what_comes_before_stops_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("consumers.replay.restoring.MOST_HELD", 2)

    with pytest.raises(LogHole, match="1 streams wait for what comes before, such as item-teapot"):
        await Restoring(log_of(*BODIES[1:]), MemoryEventStore()).partition(0)


async def test_of_streams_that_are_forgotten_the_store_is_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("consumers.replay.restoring.MOST_KNOWN", 1)
    random, store = Random(7), MemoryEventStore()
    history = list(lives(1_000, 20, random))

    found = await Restoring(logged(history, random), store, page=100).partition(0)

    assert (found.commits, items(store.commits())) == (1_000, items(history))
