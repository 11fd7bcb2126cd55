"""Both handshakes, against what the documentation of the service shows, and what is not allowed."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.consumers.webhooks.worlds import ORIGIN, World, delivery

RECORDED = Path(__file__).parent / "recorded"
# https://learn.microsoft.com/azure/event-grid/end-point-validation-event-grid-events-schema
VALIDATION: Any = json.loads((RECORDED / "subscription-validation.json").read_text("utf-8"))
CODE = VALIDATION[0]["data"]["validationCode"]
ASKED = {"aeg_event_type": "SubscriptionValidation"}


async def test_a_subscription_that_is_expected_is_validated_with_its_code() -> None:
    answer = await World().receiver.receive(
        delivery(VALIDATION, secret=None, **ASKED, aeg_subscription_name="ORDERS")
    )

    # 202 would not count.
    assert answer.status_code == 200
    assert json.loads(answer.get_body()) == {"validationResponse": CODE}


@pytest.mark.parametrize(
    ("content", "subscription"),
    [
        (VALIDATION, "SOMEBODY"),
        (VALIDATION, ""),
        ([], "ORDERS"),
        (b"no json", "ORDERS"),
        ([{**VALIDATION[0], "data": {"validationCode": 7}}], "ORDERS"),
        ([{**VALIDATION[0], "data": "text"}], "ORDERS"),
        ([{**VALIDATION[0], "eventType": "com.example.something-else"}], "ORDERS"),
        ([{"data": VALIDATION[0]["data"]}], "ORDERS"),
    ],
)
async def test_no_other_subscription_is_validated(content: Any, subscription: str) -> None:
    world = World()

    answer = await world.receiver.receive(
        delivery(content, **ASKED, aeg_subscription_name=subscription)
    )

    assert answer.status_code == 403
    assert b"validationResponse" not in answer.get_body()
    assert world.effects() == []


async def test_a_handshake_is_small() -> None:
    large = [{**VALIDATION[0], "data": {"validationCode": "x" * 100_000}}]

    answer = await World().receiver.receive(
        delivery(large, secret=None, **ASKED, aeg_subscription_name="ORDERS")
    )

    assert answer.status_code == 413
    assert b"xxx" not in answer.get_body()


async def test_an_origin_that_is_expected_may_deliver() -> None:
    # https://learn.microsoft.com/azure/event-grid/end-point-validation-cloud-events-schema
    asked = delivery(b"", None, "OPTIONS", WebHook_Request_Origin=ORIGIN)

    answer = await World().receiver.receive(asked)

    assert answer.status_code == 200
    assert answer.headers["WebHook-Allowed-Origin"] == ORIGIN
    assert answer.headers["WebHook-Allowed-Rate"] == "*"
    assert answer.headers["Allow"] == "POST"


@pytest.mark.parametrize("headers", [{}, {"WebHook_Request_Origin": "eventemitter.example.com"}])
async def test_no_other_origin_may(headers: dict[str, str]) -> None:
    answer = await World().receiver.receive(delivery(b"", None, "OPTIONS", **headers))

    assert answer.status_code == 403
    assert "WebHook-Allowed-Origin" not in answer.headers
