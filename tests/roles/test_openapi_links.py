"""Where answers lead, as the OpenAPI document says: each link of a command, followed, is answered."""

import json
import re
from typing import Any

import azure.functions as func
import pytest

from command_api.openapi import document
from shared.domain.shop import domain
from tests.roles.wired import Wired, stocked

DOCUMENT = document(domain)
FUNCTIONS = {
    "streams.Read": "stream",
    "streams.ReadCauses": "causes",
    "streams.ReadOutcome": "outcome",
    "streams.CancelCommand": "outcome_cancel",
    "views.stock.Read": "view",
    "views.orders.Read": "view",
    "views.customers.Read": "view",
}
COMMANDS: dict[str, tuple[str, dict[str, Any]]] = {
    "receive-stock": ("item/TEA", {"quantity": 1}),
    "adjust-stock": ("item/TEA", {"quantity": 1, "reason": "counted"}),
    "change-reorder-point": ("item/TEA", {"reorderPoint": 3}),
    "reserve-stock": ("item/TEA", {"reservationId": "r", "quantity": 1}),
    "discontinue-item": ("item/TEA", {}),
    "register-item": ("item/CUP", {"name": "Cup", "reorderPoint": 1}),
    "place-order": ("order/1", {"customerId": "C1", "lines": [{"sku": "TEA", "quantity": 1}]}),
}


def operation(id_: str) -> tuple[str, dict[str, Any]]:
    return next(
        (path, one)
        for path, methods in DOCUMENT["paths"].items()
        for one in methods.values()
        if one["operationId"] == id_
    )


def links(command: str, status: str) -> dict[str, Any]:
    post = next(
        methods["post"] for path, methods in DOCUMENT["paths"].items() if path.endswith(command)
    )
    found: dict[str, Any] = post["responses"][status]["links"]
    return found


async def follow(wired: Wired, link: Any, id_: str, body: Any) -> func.HttpResponse:
    """Ask for what a link leads to (OpenAPI 3.1.0, runtime expressions)."""
    path, led = operation(link["operationId"])
    known = {f"$response.body#/{name}": value for name, value in body.items()}
    given = {name: known | {"$request.path.id": id_} for name in link["parameters"]}
    values = {name: given[name][text] for name, text in link["parameters"].items()}
    route = {name: values.pop(name) for name in re.findall(r"\{([\w-]+)\}", path)}
    described = {one["name"]: one["in"] for one in led["parameters"]}
    assert all(described[name] == "query" for name in values)
    if link["operationId"].startswith("views."):
        route["view"] = link["operationId"].split(".")[1]
    return await wired.call(FUNCTIONS[link["operationId"]], params=values, **route)


@pytest.mark.parametrize("command", COMMANDS)
async def test_a_command_leads_to_its_stream_its_outcome_and_its_row(
    wired: Wired, command: str
) -> None:
    await stocked(wired)
    at, sent = COMMANDS[command]
    status, body = await wired.command(f"{at}/{command}", sent)
    await wired.settle()

    assert status == 200
    for name, link in links(command, "200").items():
        answer = await follow(wired, link, at.split("/")[1], body)

        # Its key is the customer, and not the id.
        assert answer.status_code == (404 if name == "row of customers" else 200), name
        told = json.loads(answer.get_body())
        assert name != "outcome" or told["outcome"] == "done"
        assert not name.startswith("row of") or told.get("rows") or told["code"] == "not-found"


async def test_a_command_that_waits_leads_to_its_outcome_and_can_be_cancelled(wired: Wired) -> None:
    headers = {"Prefer": "respond-async", "Not_Before": "2999-01-01T00:00:00Z"}
    body = {"name": "Tea", "reorderPoint": 1}
    status, told = await wired.command("item/TEA/register-item", body, **headers)
    assert status == 202

    found = links("register-item", "202")
    scheduled = await follow(wired, found["outcome"], "TEA", told)
    cancelled = await follow(wired, found["cancellation"], "TEA", told)
    again = await follow(wired, found["outcome"], "TEA", told)

    answers = [json.loads(one.get_body())["outcome"] for one in (scheduled, cancelled, again)]
    assert answers == ["scheduled", "cancelled", "cancelled"]
