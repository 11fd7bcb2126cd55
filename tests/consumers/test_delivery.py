"""The one delivery: whatever goes wrong on the way, every consumer meets it as all others do."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from shared.kernel.delivery.parking import Action
from shared.kernel.errors import StoreUnavailable
from tests.consumers.feeding import ToPages
from tests.consumers.publisher_and_deadlines import InTime, ToTheLog
from tests.consumers.subjects import FromOthers, ToCommands, ToOthers, ToRows, Waiting
from tests.consumers.walks import GOOD, LARGE, Subject

type Case = Callable[[Subject], Awaitable[None]]


def places(subject: Subject) -> list[tuple[int, int]]:
    """Tell from where to where something is parked: a message that is parked alone is all of it."""
    return [
        (subject.number(one), subject.number(one) if subject.alone else one.last_seen)
        for one in subject.parked()
    ]


async def poison_first(subject: Subject) -> None:
    """The first step is bad: it is parked, what is behind it waits, and a release brings all of it."""
    subject.trouble.steps = {1}
    await subject.arrive(1)
    await subject.arrive(2, 3)
    await subject.arrive(1)

    assert places(subject) == ([(1, 1)] if subject.alone else [(1, 3)])
    assert subject.effects() == ({2, 3} if subject.alone else set())
    assert subject.effects(GOOD) == {1}
    assert await subject.decide(Action.RELEASE) == 409
    subject.trouble.steps = set()
    assert await subject.decide(Action.RELEASE) == 200

    assert subject.parked() == []
    assert {3} <= subject.effects()


async def poison_twice(subject: Subject) -> None:
    """Two steps are bad: what is before the first is done, and a release that meets the second is parked there."""
    subject.trouble.steps = {2, 4}
    await subject.arrive(1, 2, 3, 4, 5)

    assert places(subject) == ([(2, 2), (4, 4)] if subject.alone else [(2, 5)])
    assert subject.effects() == ({1, 3, 5} if subject.alone else {1})
    subject.trouble.steps = {4}
    assert await subject.decide(Action.RELEASE) == (200 if subject.alone else 409)

    assert places(subject) == ([(4, 4)] if subject.alone else [(4, 5)])
    assert subject.effects() == ({1, 2, 3, 5} if subject.alone else {1, 2, 3})


async def skip_of_the_second(subject: Subject) -> None:
    """The second bad step is skipped for good, and no other with it."""
    await poison_twice(subject)
    assert await subject.decide(Action.SKIP) == 200
    assert (places(subject), subject.effects()) == ([], {1, 2, 3, 5})

    subject.trouble.steps = {4, 6}
    await subject.arrive(3, 4, 5, 6)

    assert places(subject) == [(6, 6)]
    assert subject.effects() == {1, 2, 3, 5}


async def transient_fault(subject: Subject) -> None:
    """A service is away: nothing is parked, the others are served, and the batch comes again."""
    subject.trouble.away = True
    with pytest.raises(ExceptionGroup) as raised:
        await subject.arrive(1)

    assert raised.group_contains(StoreUnavailable)
    assert (subject.parked(), subject.effects(), subject.effects(GOOD)) == ([], set(), {1})
    subject.trouble.away = False
    await subject.arrive(1)
    assert subject.effects() == {1}


async def transient_fault_in_a_release(subject: Subject) -> None:
    """A service is away while a stream is released: it stays parked, where it was."""
    subject.trouble.steps = {1}
    await subject.arrive(1)
    subject.trouble.steps, subject.trouble.away = set(), True

    assert await subject.decide(Action.RELEASE) == 503
    assert places(subject) == [(1, 1)]
    subject.trouble.away = False
    assert await subject.decide(Action.RELEASE) == 200
    assert subject.effects() == {1}


async def unreadable_message(subject: Subject) -> None:
    """What nobody can read is parked apart, can only be skipped, and stays so."""
    await subject.arrive(1, unreadable=True)
    await subject.arrive(2, unreadable=True)

    (marker,) = subject.parked()
    assert marker.stream.startswith("unreadable~")
    assert subject.effects() == {1, 2}
    assert await subject.decide(Action.RELEASE) == 409
    assert await subject.decide(Action.SKIP) == 200
    await subject.arrive(3, unreadable=True)
    assert (subject.parked(), subject.effects()) == ([], {1, 2, 3})


async def two_owners_at_once(subject: Subject) -> None:
    """Two hosts handle the same batch: the stream is parked once, and what is before it has one effect."""
    subject.trouble.steps = {2}
    await asyncio.gather(subject.arrive(1, 2, 3), subject.arrive(1, 2, 3))

    assert places(subject) == ([(2, 2)] if subject.alone else [(2, 3)])
    assert subject.effects() == ({1, 3} if subject.alone else {1})
    subject.trouble.steps = set()
    assert await subject.decide(Action.RELEASE) == 200
    assert (subject.parked(), subject.effects()) == ([], {1, 2, 3})


async def too_large(subject: Subject) -> None:
    """The bad step is more than an item of the store holds: it is parked, and released when it is mended."""
    subject.trouble.steps = {2}
    await subject.arrive(1, 2, more=LARGE)

    (marker,) = subject.parked()
    assert subject.effects() == {1}
    assert len(str(marker.envelope)) < 1_600_000
    subject.trouble.steps = set()
    assert await subject.decide(Action.RELEASE) == 200
    assert (subject.parked(), subject.effects()) == ([], {1, 2})


async def second_poison_in_the_store(subject: Subject) -> None:
    """Behind the bad step the store has one that nobody can read: a release goes up to it, a skip past it."""
    subject.trouble.steps = {2}
    await subject.arrive(1, 2, 3, 5)
    subject.trouble.steps, subject.trouble.blurred = set(), {4}

    assert await subject.decide(Action.RELEASE) == 409
    assert (places(subject), subject.effects()) == ([(4, 5)], {1, 2, 3})
    assert await subject.decide(Action.RELEASE) == 409
    assert await subject.decide(Action.SKIP) == 200
    assert (places(subject), subject.effects()) == ([], {1, 2, 3, 5})


async def late_arrival_before_the_poison(subject: Subject) -> None:
    """What comes late from before the bad step is done all the same, or the stream is parked there."""
    subject.trouble.steps = {2, 3}
    await subject.arrive(3)
    await subject.arrive(1)
    assert {1} <= subject.effects()
    await subject.arrive(2)
    assert places(subject)[0] == ((2, 2) if subject.alone else (2, 3))
    subject.trouble.steps = set()
    while subject.parked():
        assert await subject.decide(Action.RELEASE) == 200

    assert subject.effects() == {1, 2, 3}


async def skip_of_two(subject: Subject) -> None:
    """Two steps are skipped for good: whatever part of the walk comes again, nothing is parked or done twice."""
    subject.trouble.steps = {2, 8}
    await subject.arrive(1, 2, 3, 4, 5, 6, 7, 8, 9)
    while subject.parked():
        assert await subject.decide(Action.SKIP) == 200 or not subject.alone
    assert subject.effects() == {1, 3, 4, 5, 6, 7, 9}

    subject.forget()
    await subject.arrive(4, 5)

    assert subject.parked() == []
    assert {4, 5} <= subject.effects() <= {1, 3, 4, 5}


STREAMS = (ToRows, ToCommands, ToOthers, ToPages, Waiting, FromOthers, ToTheLog)
"""Whoever is brought messages; deadlines look for themselves, and only ever at the tail of a stream."""

STORED = (ToRows, ToCommands, ToOthers, ToPages, ToTheLog)
"""Whoever is replayed from the store."""

CASES: list[tuple[Case, tuple[type[Subject], ...]]] = [
    (poison_first, (*STREAMS, InTime)),
    (poison_twice, STREAMS),
    (skip_of_the_second, STREAMS),
    (transient_fault, (*STREAMS, InTime)),
    (transient_fault_in_a_release, (*STREAMS, InTime)),
    (unreadable_message, STREAMS),
    (two_owners_at_once, STREAMS),
    (too_large, STREAMS),
    (second_poison_in_the_store, STORED),
    (skip_of_two, STREAMS),
    (late_arrival_before_the_poison, STREAMS),
]


@pytest.mark.parametrize(
    ("check", "consumer"),
    [
        pytest.param(case, one, id=f"{case.__name__}, {one.consumer}")
        for case, consumers in CASES
        for one in consumers
    ],
)
async def test_every_consumer_meets_it_as_all_others_do(
    check: Case, consumer: type[Subject]
) -> None:
    await check(consumer())
