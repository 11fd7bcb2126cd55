"""What the platform passes over, every consumer reads from the hub itself."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from shared.kernel.errors import ConfigurationError, LogUnavailable, may_pass
from tests.consumers.feeding import ToPages
from tests.consumers.holes import (
    a_batch_came_before_any_place,
    a_batch_has_a_hole,
    a_batch_is_passed_over,
    a_host_is_new,
    all_of_it_is_passed_over,
    more_than_a_page_is_passed_over,
    nothing_is_passed_over,
    the_hub_holds_the_hole_no_longer,
    the_hub_holds_the_tail_no_longer,
    the_hub_skips_a_number,
    the_tail_cannot_be_handled_now,
    the_tail_is_on_its_way,
    the_tail_is_passed_over,
)
from tests.consumers.hubs import LONG_AGO, Hub
from tests.consumers.subjects import ToCommands, ToOthers, ToRows, Waiting
from tests.consumers.walks import Followed

type Case = Callable[[Hub], Awaitable[None]]


FOLLOWED = (ToRows, ToCommands, ToOthers, ToPages, Waiting)


async def two_owners_bring_one_batch(hub: Hub) -> None:
    """Both handle it, and the place is that of whoever has come further."""
    await hub.send(1, 2, 3, 4)
    one, other = hub.host(), hub.host()
    await hub.bring(one, 1)
    await asyncio.gather(hub.bring(one, 2, 3), hub.bring(other, 2, 3, 4))

    assert (hub.order(), await hub.place()) == ([1, 2, 3, 4], 4)


async def an_older_owner_writes_late(hub: Hub) -> None:
    """The place does not go back, and the older owner goes on from it."""
    await hub.send(1, 2, 3, 4, 5)
    older, newer = hub.host(), hub.host()
    await hub.bring(older, 1)
    await hub.bring(newer, 2, 3, 4)
    await hub.bring(older, 2)
    assert await hub.place() == 4
    hub.opened = 0

    await hub.bring(older, 5)

    assert (hub.opened, hub.order(), await hub.place()) == (0, [1, 2, 3, 4, 5], 5)


async def a_partition_comes_back(hub: Hub) -> None:
    """Who has had a partition before takes nothing for a hole that another owner has done."""
    await hub.send(1, 2, 3, 4)
    one, other = hub.host(), hub.host()
    await hub.bring(one, 1)
    await hub.bring(other, 2, 3)
    await hub.bring(one, 4)

    assert (hub.opened, hub.order(), await hub.place()) == (2, [1, 2, 3, 4], 4)


async def the_hole_is_too_large_for_one_call(hub: Hub) -> None:
    """A call that has no more time for a hole has its batch come again; what it did is not done again."""
    await hub.send(*range(1, 151))
    host = hub.host()
    await hub.bring(host, 1)
    host.hole_seconds = 0.0

    with pytest.raises(LogUnavailable, match="passed over"):
        await hub.bring(host, 150)
    assert hub.order() == [1]
    host.hole_seconds = 60.0
    await hub.bring(host, 150)

    assert hub.order() == list(range(1, 151))


async def unreadable_messages_fill_a_batch(hub: Hub) -> None:
    """They tell no partition, so no place is noted; the next that can be read finds them behind it."""
    await hub.send(1)
    await hub.send_unreadable()
    await hub.send_unreadable()
    await hub.send(2)
    host = hub.host()
    await host.take([hub.message(0)])
    await host.take([hub.message(1), hub.message(2)])
    assert await hub.place() == 1
    await host.take([hub.message(2), hub.message(3)])

    assert (hub.order(), await hub.place()) == ([1, 2], 4)
    assert len(hub.subject.parked()) == 1


async def the_places_are_away(hub: Hub) -> None:
    """A place that cannot be noted now is tried again; what is done is not done again for it."""
    await hub.send(1, 2)
    hub.places.away = 3
    await hub.bring(hub.host(), 1, 2)

    assert (hub.order(), await hub.place()) == ([1, 2], 2)


async def the_first_attempts_fail(hub: Hub) -> None:
    """What may pass is tried again within the batch: the platform hears nothing of it."""
    await hub.send(1, 2)
    hub.subject.trouble.fails = 3
    await hub.bring(hub.host(), 1, 2)

    assert (hub.order(), await hub.place()) == ([1, 2], 2)
    assert hub.subject.trouble.fails == 0


async def an_error_that_nobody_named(hub: Hub) -> None:
    """Time that runs out and a connection that breaks are nothing that a message has done."""
    for error in (TimeoutError("late"), ConnectionResetError("gone")):
        await hub.send(1, 2)
        hub.subject.trouble.fails, hub.subject.trouble.error = 1, error
        await hub.bring(hub.host(), 1, 2)

    assert (hub.order(), hub.subject.parked()) == ([1, 2], [])


async def the_hub_has_other_partitions(hub: Hub) -> None:
    """Nothing is handled and no place is noted until the settings say what the hub has; then all of it is."""
    await hub.send(1, 2)
    wrong = hub.host(partitions=2)
    for _ in range(2):
        with pytest.raises(
            ConfigurationError, match="has 1 partitions, the settings say 2"
        ) as told:
            await hub.bring(wrong, 1)
        assert may_pass(told.value)
    with pytest.raises(ConfigurationError):
        await wrong.catch_up(LONG_AGO)
    assert (hub.order(), hub.places.asked, hub.subject.parked()) == ([], [], [])

    await hub.bring(hub.host(), 1, 2)

    assert (hub.order(), await hub.place()) == ([1, 2], 2)


async def the_hub_is_made_anew(hub: Hub) -> None:
    """It counts from 0: a place behind its end is none in it, and whoever remembers one takes no hole for done."""
    await hub.send(1, 2, 3)
    host, other = hub.host(), hub.host()
    await hub.bring(host, 1, 2, 3)
    await hub.bring(other, 3)
    hub.log.messages[0].clear()
    await hub.send(4, 5)
    for _ in range(2):
        await host.catch_up(LONG_AGO)
    assert (hub.order(), await hub.place()) == ([1, 2, 3], 0)
    await hub.send(6, 7)

    with pytest.raises(LogUnavailable, match="begun anew"):
        await other.take([hub.message(3)])
    await other.take([hub.message(3)])

    assert (hub.subject.effects(), await hub.place()) == ({1, 2, 3, 4, 5, 6, 7}, 4)


async def the_hub_that_is_made_anew_is_read_from_its_beginning(hub: Hub) -> None:
    """Nobody brings anything of it."""
    await hub.send(1, 2, 3)
    host = hub.host()
    await hub.bring(host, 1, 2, 3)
    hub.log.messages[0].clear()
    await hub.send(4, 5)

    for _ in range(4):
        await host.catch_up(LONG_AGO)

    assert (hub.subject.effects(), await hub.place()) == ({1, 2, 3, 4, 5}, 2)


async def the_hub_does_not_tell_its_partitions(hub: Hub) -> None:
    """The batch comes again, and the hub is asked again."""
    await hub.send(1)
    hub.away = 1
    host = hub.host()
    with pytest.raises(LogUnavailable):
        await hub.bring(host, 1)
    assert (hub.order(), hub.places.asked) == ([], [])

    await hub.bring(host, 1)

    assert (hub.order(), await hub.place()) == ([1], 1)


CASES: list[Case] = [
    nothing_is_passed_over,
    a_batch_is_passed_over,
    more_than_a_page_is_passed_over,
    a_batch_has_a_hole,
    a_host_is_new,
    a_batch_came_before_any_place,
    the_tail_is_passed_over,
    the_tail_cannot_be_handled_now,
    the_tail_is_on_its_way,
    all_of_it_is_passed_over,
    two_owners_bring_one_batch,
    an_older_owner_writes_late,
    a_partition_comes_back,
    the_hub_holds_the_hole_no_longer,
    the_hub_holds_the_tail_no_longer,
    the_hub_skips_a_number,
    the_hole_is_too_large_for_one_call,
    unreadable_messages_fill_a_batch,
    the_places_are_away,
    the_first_attempts_fail,
    an_error_that_nobody_named,
    the_hub_has_other_partitions,
    the_hub_is_made_anew,
    the_hub_that_is_made_anew_is_read_from_its_beginning,
    the_hub_does_not_tell_its_partitions,
]


@pytest.mark.parametrize("check", CASES)
@pytest.mark.parametrize("consumer", FOLLOWED)
async def test_every_consumer_of_a_hub_handles_all_of_it(
    check: Case, consumer: type[Followed]
) -> None:
    await check(Hub(consumer()))
