"""What operators see of every role, and decide on."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import azure.functions as func
import pytest

from shared.adapters import names, settings, telemetry, wiring
from shared.adapters.cosmos.codec import to_item
from shared.adapters.otel.metric_names import LAG, PARKED_STREAMS, SWEEP_LAG
from shared.kernel.delivery.parking import Parked, unreadable
from shared.kernel.errors import ConfigurationError
from shared.kernel.messages.commit import RecordedEvent
from shared.kernel.messages.envelope import decode
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import LeaseFault
from tests.kernel.asking import NOON
from tests.kernel.worlds import commit
from tests.roles.wired import FUNCTIONS, PARCEL, Wired, stocked
from tests.telemetry.worlds import World

DECISION = {"by": "ann", "reason": "seen to"}


def behind_the_log(minutes: int) -> datetime:
    """Gives a time so far behind all that the log holds: it goes by the clock of the machine."""
    return datetime.now(UTC) + timedelta(minutes=minutes)


async def test_operators_see_what_is_parked_and_decide_on_it(wired: Wired) -> None:
    await stocked(wired)
    unknown = RecordedEvent("StockMelted", 1, {})
    await wired.store.append([commit(3, unknown, stream=StreamName("item", "TEA"))])
    await wired.settle()

    _, parked = await wired.ask("parked")
    assert [one["consumer"] for one in parked["parked"]] == [
        "projections",
        "reactions",
        "notifications",
    ]
    for consumer in ("projections", "reactions", "notifications"):
        route: dict[str, Any] = {"consumer": consumer, "stream": "item-TEA"}
        assert (await wired.ask("release_parked", DECISION, **route))[0] == 409
        assert (await wired.ask("skip_parked", {**DECISION, "from": 3}, **route))[0] == 200
    assert (await wired.ask("parked"))[1] == {"parked": []}


async def test_what_a_webhook_parked_is_released(wired: Wired) -> None:
    goods = {
        **PARCEL,
        "type": "com.example.supplier.delivery-arrived",
        "data": {"sku": "TEA", "quantity": 3},
    }
    await wired.ask("webhook", [goods])
    (one,) = (await wired.ask("parked"))[1]["parked"]
    await stocked(wired)

    route: dict[str, Any] = {"consumer": "webhooks", "stream": one["stream"]}
    assert (await wired.ask("release_parked", DECISION, **route))[0] == 200
    assert [e.data for e in wired.store.written[-1].events] == [{"quantity": 3}]


async def test_what_the_deadlines_parked_is_released(wired: Wired) -> None:
    body = {"customerId": "C1", "lines": [{"sku": "TEA", "quantity": 2}]}
    await wired.command("order/7/place-order", body)
    await wired.parking.park(Parked("deadlines", "order-7", 1, 1, "a bug that is mended", NOON))
    wired.later += timedelta(hours=1)

    route: dict[str, Any] = {"consumer": "deadlines", "stream": "order-7"}
    assert (await wired.ask("release_parked", DECISION, **route))[0] == 200
    assert [e.type for c in wired.store.written for e in c.events][-1] == "OrderCancelled"
    assert (await wired.ask("parked"))[1] == {"parked": []}


async def test_what_cannot_be_published_is_for_operators_too(wired: Wired) -> None:
    await FUNCTIONS["single_publisher"]('[{"id": "1", "stream": "item-BAD"}]')
    route: dict[str, Any] = {"stream": "item-BAD"}

    # The store of these tests takes no item that is none.
    status, told = await wired.ask("publisher_release", DECISION, **route)
    assert (status, "the store holds nothing of it" in told["detail"]) == (409, True)
    assert (await wired.ask("publisher_skip", {**DECISION, "from": 1}, **route))[0] == 200


@pytest.mark.parametrize("name", ["a/b", "Item-7", "item-", "item", "", "item-" + "x" * 200, 7])
async def test_an_item_of_no_stream_that_could_be_can_be_skipped_at_the_publisher(
    wired: Wired, name: object
) -> None:
    good, bad = to_item(commit(1)), {"id": "0000000000000001", "version": 1}
    await FUNCTIONS["single_publisher"](json.dumps([{**bad, "stream": name}, good]))
    (one,) = (await wired.ask("parked"))[1]["parked"]
    route: dict[str, Any] = {"stream": one["stream"]}

    assert one["stream"].startswith("unreadable~")
    assert repr(name) in one["error"]
    sent = [decode(body).subject for bodies in wired.log.messages for body in bodies]
    assert sent == [good["stream"]]
    assert (await wired.ask("publisher_release", DECISION, **route))[0] == 409
    assert (await wired.ask("publisher_skip", {**DECISION, "from": 1}, **route))[0] == 200
    await FUNCTIONS["single_publisher"](json.dumps([{**bad, "stream": name}, good]))
    assert (await wired.ask("parked"))[1] == {"parked": []}


@pytest.mark.parametrize("consumer", ["projections", "reactions", "notifications", "mailbox"])
async def test_what_nobody_can_read_can_only_be_skipped(wired: Wired, consumer: str) -> None:
    await FUNCTIONS[consumer]([func.EventHubEvent(body=b"{", sequence_number=7)])
    route: dict[str, Any] = {"consumer": consumer, "stream": unreadable(b"{")}

    status, told = await wired.ask("release_parked", DECISION, **route)
    assert (status, told["code"]) == (409, "still-poisonous")
    assert len((await wired.ask("parked"))[1]["parked"]) == 1
    assert (await wired.ask("skip_parked", {**DECISION, "from": 0}, **route))[0] == 200
    assert (await wired.ask("parked"))[1] == {"parked": []}


async def test_there_is_no_other_consumer(wired: Wired) -> None:
    status, told = await wired.ask("release_parked", DECISION, consumer="nobody", stream="item-TEA")

    assert (status, told["code"]) == (404, "not-found")


async def test_lag_is_told_for_every_stage(wired: Wired) -> None:
    await stocked(wired)

    _, told = await wired.ask("lag")

    assert {stage["stage"] for stage in told["stages"]} == {
        "single_publisher",
        "projections",
        "reactions",
        "notifications",
        "feeds",
        "mailbox",
    }
    assert [(one["stage"], one["events"]) for one in told["sweep"]] == [("sweep", 2)]
    assert told["leases"] == []


async def test_what_is_wrong_with_the_leases_is_told_with_the_lag(wired: Wired) -> None:
    wired.leases.wrong = [LeaseFault("no lease covers 20-30", "delete the .info")]

    _, told = await wired.ask("lag")

    assert told["leases"] == [{"wrong": "no lease covers 20-30", "mend": "delete the .info"}]


async def test_what_stands_still_is_measured_by_the_clock(
    wired: Wired, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World()
    monkeypatch.setattr(telemetry, "watcher", lambda: world.watcher)
    await wired.command("item/TEA/register-item", {"name": "Tea", "reorderPoint": 1})
    await wired.publish()
    await wired.deliver("projections")
    await wired.parking.park(Parked("reactions", "item-TEA", 1, 1, "boom", "", {}))
    wired.later = behind_the_log(minutes=5)

    await wired.tick("measure")

    late = {stage: seconds >= 300 for (stage,), seconds in world.measured(LAG).items()}
    on_time = {"projections", "mailbox"}
    assert late == {
        stage: stage not in on_time
        for stage in (names.SINGLE_PUBLISHER, *names.FOLLOWERS, names.MAILBOX)
    }
    assert world.measured(SWEEP_LAG)[()] >= 300
    assert world.measured(PARKED_STREAMS) == {
        (consumer,): consumer == "reactions" for consumer in names.CONSUMERS
    }


async def test_a_command_that_nobody_handles_is_late(
    wired: Wired, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, registered = World(), {"name": "Tea", "reorderPoint": 1}
    monkeypatch.setattr(telemetry, "watcher", lambda: world.watcher)
    await wired.command("item/TEA/register-item", registered, prefer="respond-async")
    wired.later = behind_the_log(minutes=5)

    await wired.tick("measure")
    assert world.measured(LAG)["mailbox",] >= 300

    await wired.deliver("mailbox", wired.mailbox)
    _, told = await wired.ask("lag")
    assert [one["events"] for one in told["stages"] if one["stage"] == "mailbox"] == [0, 0, 0, 0]


async def test_nothing_is_measured_for_nobody(
    wired: Wired, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(telemetry, "watcher", lambda: None)
    monkeypatch.setattr(wiring, "leases", lambda: asked.append("leases"))

    await wired.tick("measure")

    assert asked == []


@pytest.mark.parametrize("role", ["command_api", "single_publisher", "consumers"])
async def test_each_role_tells_what_its_app_lacks(
    wired: Wired, role: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong() -> None:
        raise ConfigurationError("WEBHOOK_SECRETS, entry 1")

    wired.denied = {"views:read", "views:write"}
    assert (await wired.ask(f"{role}_rights"))[1]["settings"] is None
    monkeypatch.setattr(settings, "check", wrong)

    status, told = await wired.ask(f"{role}_rights")

    assert status == 200
    assert told["settings"] == "WEBHOOK_SECRETS, entry 1"
    lacking = {right: why for right, why in told["rights"].items() if why is not None}
    assert lacking == {"views:read" if role == "single_publisher" else "views:write": "403"}
