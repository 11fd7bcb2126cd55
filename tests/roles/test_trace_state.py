"""A tracestate goes with its traceparent through commit, envelope and notification, and into what follows."""

import json
from typing import Any

import pytest

from shared.kernel.messages.notification import cloud_event
from tests.roles.wired import PARCEL, Wired

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
STATE = "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE"


async def test_it_is_carried_from_a_command_to_whoever_is_told(wired: Wired) -> None:
    await wired.command("item/TEA/register-item", {"name": "Tea", "reorderPoint": 1})
    await wired.command("item/TEA/receive-stock", {"quantity": 5})
    body = {"customerId": "C1", "lines": [{"sku": "TEA", "quantity": 2}]}
    future = PARENT.replace("00-", "cc-", 1) + "-more"

    await wired.command("order/7/place-order", body, traceparent=future, tracestate=STATE)
    await wired.settle()

    of_the_order = [commit for commit in wired.store.written if "order-7" in str(commit)]
    assert len(of_the_order) > 2
    assert {(one.metadata.traceparent, one.metadata.tracestate) for one in of_the_order} == {
        (PARENT, STATE)
    }
    messages: list[dict[str, Any]] = [
        json.loads(one) for bodies in wired.log.messages for one in bodies
    ]
    assert [one["tracestate"] for one in messages if one["subject"] == "order-7"]
    told = [cloud_event(one) for one in wired.notifier.published if one.subject == "order-7"]
    assert {one["tracestate"] for one in told} == {STATE}


@pytest.mark.parametrize(
    "headers", [{"tracestate": STATE}, {"traceparent": PARENT, "tracestate": "A"}]
)
async def test_what_says_nothing_alone_or_is_none_is_left_out(
    wired: Wired, headers: dict[str, str]
) -> None:
    body = {"name": "Tea", "reorderPoint": 1}

    await wired.command("item/TEA/register-item", body, **headers)

    [commit] = wired.store.written
    assert commit.metadata.tracestate is None


@pytest.mark.parametrize(
    ("trace", "carried"),
    [
        ({"traceparent": PARENT, "tracestate": STATE}, (PARENT, STATE)),
        ({"traceparent": PARENT, "tracestate": 7}, (PARENT, None)),
        ({"traceparent": 7, "tracestate": STATE}, (None, None)),
        ({"tracestate": STATE}, (None, None)),
    ],
)
async def test_it_is_carried_from_an_event_of_others(
    wired: Wired, trace: dict[str, Any], carried: tuple[str | None, str | None]
) -> None:
    assert (await wired.ask("webhook", {**PARCEL, **trace}))[0] == 200

    [commit] = wired.store.written
    assert (commit.metadata.traceparent, commit.metadata.tracestate) == carried
