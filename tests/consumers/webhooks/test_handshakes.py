"""Both handshakes, against what the documentation of the service shows, and what is not allowed."""

import json
from pathlib import Path
from typing import Any

import azure.functions as func
import pytest

from tests.consumers.webhooks.worlds import ORIGIN, World, delivery

RECORDED = Path(__file__).parent / "recorded"
# https://learn.microsoft.com/azure/event-grid/end-point-validation-event-grid-events-schema
VALIDATION: Any = json.loads((RECORDED / "subscription-validation.json").read_text("utf-8"))
CODE = VALIDATION[0]["data"]["validationCode"]
# https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/http-webhook.md, section 4.1, with the header of
# each of its parts; Event Grid refers to it.
QUESTION = (RECORDED / "web-hook-validation.http").read_text("utf-8")
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
    assert json.loads(answer.get_body())["code"] == "not-admitted"
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


def recorded(text: str) -> func.HttpRequest:
    """Read a request as it stands on the wire."""
    first, *lines = text.splitlines()
    method, url, _ = first.split()
    return func.HttpRequest(
        method, url, headers=dict(line.split(": ", 1) for line in lines), body=b""
    )


async def test_the_question_of_cloud_events_is_answered_to_the_origin_that_asks() -> None:
    world = World(origins={"eventemitter.example.com"})

    answer = await world.receiver.receive(recorded(QUESTION))

    assert answer.status_code == 200
    assert answer.headers["WebHook-Allowed-Origin"] == "eventemitter.example.com"
    assert answer.headers["WebHook-Allowed-Rate"] == "*"
    assert answer.headers["Allow"] == "POST"


async def test_the_question_of_cloud_events_is_not_answered_where_the_origin_is_not_expected() -> (
    None
):
    answer = await World().receiver.receive(recorded(QUESTION))

    assert answer.status_code == 403
    assert "WebHook-Allowed-Origin" not in answer.headers
    assert "WebHook-Allowed-Rate" not in answer.headers


@pytest.mark.parametrize(
    "origin",
    [
        *(
            "",
            "*",
            "null",
            "eventgrid.azure.net.evil",
            "evil.eventgrid.azure.net",
            "eventemitter.example.com",
        ),
        *(ORIGIN.upper(), f"{ORIGIN},{ORIGIN}", f" {ORIGIN}", f"https://{ORIGIN}", "\ud800"),
    ],
)
async def test_another_origin_is_told_so_as_a_problem(origin: str) -> None:
    asked = delivery(b"", None, "OPTIONS", WebHook_Request_Origin=origin)

    answer = await World().receiver.receive(asked)

    assert (answer.status_code, answer.mimetype) == (403, "application/problem+json")
    assert json.loads(answer.get_body())["code"] == "not-admitted"
    assert "WebHook-Allowed-Origin" not in answer.headers


@pytest.mark.parametrize("headers", [{}, {"WebHook_Request_Rate": "5"}, {"Origin": "https://a"}])
async def test_who_asks_for_no_handshake_is_told_the_methods(headers: dict[str, str]) -> None:
    answer = await World().receiver.receive(delivery(b"", None, "OPTIONS", **headers))

    assert (answer.status_code, answer.headers["Allow"]) == (204, "OPTIONS, POST")
    assert not answer.get_body()
