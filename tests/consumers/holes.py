"""Cases in which the platform passes over something, in the middle or at the end of a partition."""

from datetime import timedelta

import pytest

from shared.kernel.delivery.parking import Action
from shared.kernel.errors import LogUnavailable, StoreUnavailable
from shared.kernel.ports import NumberedMessage
from tests.consumers.hubs import LONG_AGO, Hub


async def nothing_is_passed_over(hub: Hub) -> None:
    """A batch costs one conditional write; a new host asks once for its place and for the partitions."""
    await hub.send(1, 2, 3, 4, 5, 6)
    host = hub.host()
    await hub.bring(host, 1, 2)
    assert hub.places.asked == ["find", "advance", "find", "advance"]
    hub.places.asked.clear()

    await hub.bring(host, 3, 4)
    await hub.bring(host, 5, 6)

    assert hub.places.asked == ["advance", "advance"]
    assert (hub.opened, hub.order(), await hub.place()) == (1, [1, 2, 3, 4, 5, 6], 6)


async def a_batch_is_passed_over(hub: Hub) -> None:
    """The next batch begins behind the place: what lies between comes from the hub, and comes first."""
    await hub.send(1, 2, 3, 4, 5, 6)
    host = hub.host()
    await hub.bring(host, 1, 2)
    await hub.bring(host, 5, 6)

    assert (hub.order(), await hub.place()) == ([1, 2, 3, 4, 5, 6], 6)


async def more_than_a_page_is_passed_over(hub: Hub) -> None:
    """The hole is handled page by page, each with its place."""
    await hub.send(*range(1, 252))
    host = hub.host()
    await hub.bring(host, 1)
    hub.places.asked.clear()
    await hub.bring(host, 251)

    assert hub.order() == list(range(1, 252))
    # Who suspects a hole asks what others have done meanwhile.
    assert hub.places.asked == ["find", *["advance"] * 4]


async def a_batch_has_a_hole(hub: Hub) -> None:
    """What is missing within a batch is handled before what stands behind it."""
    await hub.send(1, 2, 3, 4)
    await hub.bring(hub.host(), 1, 4)

    assert (hub.order(), await hub.place()) == ([1, 2, 3, 4], 4)


async def a_host_is_new(hub: Hub) -> None:
    """Of a host that dies nobody knows anything but the place that it has noted."""
    await hub.send(1, 2, 3, 4)
    await hub.bring(hub.host(), 1)
    await hub.bring(hub.host(), 4)

    assert (hub.order(), await hub.place()) == ([1, 2, 3, 4], 4)


async def a_batch_came_before_any_place(hub: Hub) -> None:
    """A consumer that has never noted a place begins with the first message that the hub holds."""
    await hub.send(1, 2, 3, 4)
    hub.log.expire(0, 1)
    await hub.bring(hub.host(), 4)

    assert hub.order()[-3:] == [2, 3, 4]
    assert (hub.subject.parked(), await hub.place()) == ([], 4)


async def the_tail_is_passed_over(hub: Hub) -> None:
    """Nothing that comes tells of it: at the second look, nobody has moved on, and the hub is read."""
    await hub.send(1, 2, 3)
    host = hub.host()
    await hub.bring(host, 1)
    await host.catch_up(LONG_AGO)
    assert hub.order() == [1]
    await host.catch_up(timedelta(hours=1))
    assert hub.order() == [1]

    await host.catch_up(LONG_AGO)

    assert (hub.order(), await hub.place()) == ([1, 2, 3], 3)


async def the_tail_cannot_be_handled_now(hub: Hub) -> None:
    """It is left for the next look: what may pass never parks."""
    await hub.send(1, 2)
    host = hub.host()
    await host.catch_up(LONG_AGO)
    hub.subject.trouble.away = True
    with pytest.raises(ExceptionGroup) as raised:
        await host.catch_up(LONG_AGO)
    assert raised.group_contains(StoreUnavailable)
    assert (hub.subject.parked(), await hub.place()) == ([], None)
    hub.subject.trouble.away = False

    await host.catch_up(LONG_AGO)

    assert (hub.order(), await hub.place()) == ([1, 2], 2)


async def the_tail_is_on_its_way(hub: Hub) -> None:
    """Where the place moves between two looks, somebody brings what is left."""
    await hub.send(1, 2, 3)
    watch, host = hub.host(), hub.host()
    await watch.catch_up(LONG_AGO)
    await hub.bring(host, 1)
    await watch.catch_up(LONG_AGO)

    assert hub.order() == [1]


async def all_of_it_is_passed_over(hub: Hub) -> None:
    """Nobody has ever brought anything."""
    await hub.send(1, 2)
    host = hub.host()
    await host.catch_up(LONG_AGO)
    await host.catch_up(LONG_AGO)

    assert (hub.order(), await hub.place()) == ([1, 2], 2)


async def the_hub_holds_the_hole_no_longer(hub: Hub) -> None:
    """What is lost for good is parked by its numbers, can only be skipped, and the rest goes on."""
    await hub.send(1, 2, 3, 4, 5, 6)
    host = hub.host()
    await hub.bring(host, 1)
    hub.log.expire(0, 3)
    await hub.bring(host, 6)

    (lost,) = hub.subject.parked()
    assert (lost.stream, lost.version, lost.last_seen) == ("lost~0-1", 1, 2)
    assert "1 to 2 of partition 0" in lost.error
    assert await hub.place() == 6
    assert {4, 5, 6} <= hub.subject.effects()
    assert await hub.subject.decide(Action.RELEASE) == 409
    assert await hub.subject.decide(Action.SKIP) == 200
    assert hub.subject.parked() == []


async def the_hub_holds_the_tail_no_longer(hub: Hub) -> None:
    """Nobody has come to read it in time: it is parked too."""
    await hub.send(1, 2, 3)
    host = hub.host()
    await hub.bring(host, 1)
    hub.log.expire(0, 3)
    await host.catch_up(LONG_AGO)

    (lost,) = hub.subject.parked()
    assert (lost.version, lost.last_seen, await hub.place()) == (1, 2, 3)


async def the_hub_skips_a_number(hub: Hub) -> None:
    """What should be there and does not come is waited for: nothing is taken for lost."""
    await hub.send(1, 2, 3)
    host = hub.host()
    await hub.bring(host, 1)
    gone = hub.log.messages[0]
    hub.log.messages[0] = gone[:1]

    with pytest.raises(LogUnavailable, match="did not come"):
        await host.take([NumberedMessage(2, gone[2])])

    assert (hub.order(), await hub.place(), hub.subject.parked()) == ([1], 1, [])
