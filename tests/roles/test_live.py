"""What the console polls: places, ends and what waits, the same for all who ask within a second."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from consumers.live import WatchedHub
from shared.adapters.memory import MemoryLog
from shared.kernel.delivery.parking import Parked
from shared.kernel.errors import LogUnavailable, StoreUnavailable
from shared.kernel.views.generation import NEVER_REBUILT, change
from tests.kernel.asking import NOON
from tests.roles.wired import PARTITIONS, Wired, placed, stocked

SECOND = timedelta(seconds=2)


async def test_everything_that_has_come_is_shown_with_who_has_handled_it(wired: Wired) -> None:
    await stocked(wired)

    _, told = await wired.ask("live")

    sent = sum(map(len, wired.log.messages))
    assert told["hubs"]["events"]["sent"] == sent == 2
    for consumer in ("projections", "reactions", "notifications", "feeds"):
        shown = told["consumers"][consumer]
        assert shown["hub"] == "events"
        assert [one["partition"] for one in shown["partitions"]] == list(range(PARTITIONS))
        assert sum(one["end"] + 1 for one in shown["partitions"]) == sent
        assert {one["behind"] for one in shown["partitions"]} == {0}
        assert {one["place"] for one in shown["partitions"]} == {None, 1}
    assert told["rebuilds"] == []
    assert set(told["parked"].values()) == {0}


async def test_what_nobody_has_handled_waits(wired: Wired) -> None:
    await wired.command("item/TEA/register-item", {"name": "Tea", "reorderPoint": 1})
    _, told = await wired.ask("live")
    # The lease of these tests stays at the beginning.
    assert [(one["behind"], one["atLeast"]) for one in told["publisher"]] == [(1, False)]

    await wired.publish()
    wired.later += SECOND
    _, told = await wired.ask("live")

    for shown in told["consumers"]["reactions"], told["consumers"]["projections"]:
        assert sum(one["behind"] for one in shown["partitions"]) == 1
    assert sum(one["behind"] for one in told["consumers"]["mailbox"]["partitions"]) == 0


async def test_many_consoles_cost_one_look_a_second(
    wired: Wired, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[Sequence[str]] = []
    read_all = wired.progress.read_all

    async def counted(names: Sequence[str]) -> object:
        looks.append(names)
        return await read_all(names)

    monkeypatch.setattr(wired.progress, "read_all", counted)
    answers = [await wired.ask("live") for _ in range(5)]
    assert (len(looks), {status for status, _ in answers}) == (1, {200})

    wired.later += SECOND
    await wired.ask("live")
    assert len(looks) == 2


async def test_a_hub_that_does_not_answer_is_unknown_and_the_rest_is_told(
    wired: Wired, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stocked(wired)

    async def away() -> object:
        raise LogUnavailable("away")

    monkeypatch.setattr(wired.log, "extents", away)
    _, told = await wired.ask("live")

    assert told["hubs"]["events"] == {"sent": None, "asked": None}
    shown = told["consumers"]["projections"]["partitions"]
    assert [(one["end"], one["behind"]) for one in shown] == [(None, None)] * PARTITIONS
    assert {one["place"] for one in shown} == {None, 1}
    assert told["hubs"]["commands"]["sent"] == 0


async def test_a_failure_is_told_and_not_kept(
    wired: Wired, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(_: Sequence[str]) -> object:
        raise StoreUnavailable("away")

    with monkeypatch.context() as patch:
        patch.setattr(wired.progress, "read_all", away)
        assert (await wired.ask("live"))[0] == 503
    assert (await wired.ask("live"))[0] == 200


def test_a_place_beyond_an_end_that_was_asked_before_is_the_end() -> None:
    hub = WatchedHub(MemoryLog(1), ("reactions",), 1, "", lambda: datetime.now(UTC), lambda: 0.0)

    [shown] = hub.places("reactions", {"reactions:0": "7"}, (datetime.now(UTC), [(0, 1)]))

    assert shown == {"partition": 0, "place": 7, "end": 7, "behind": 0}


async def test_what_is_parked_and_what_is_rebuilt_is_shown(wired: Wired) -> None:
    await placed(wired)
    await wired.parking.park(Parked("reactions", "order-7", 1, 1, "a bug", NOON))
    assert await change(wired.rows, "stock", NEVER_REBUILT, NEVER_REBUILT.begun(NOON))

    _, told = await wired.ask("live")

    assert (told["parked"]["reactions"], told["parked"]["projections"]) == (1, 0)
    assert told["rebuilds"] == [{"view": "stock", "phase": "filling"}]
