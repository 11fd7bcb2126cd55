"""The command API, called with the requests that the worker hands over, on memory twins."""

import pytest

from command_api.composition import Application
from shared.adapters.memory import MemoryEventStore
from shared.domain.shop.item.commands import MOST_AT_ONCE, MOST_FOR_AN_ORDER
from shared.kernel.messages.envelope import encode, envelopes
from tests.command_api.calls import (
    get,
    get_stream,
    get_view,
    post,
    post_command,
    registered,
    rows_of,
    told,
)
from tests.consumers.worlds import World


async def test_a_command_is_answered_with_its_events_and_the_version(
    application: Application,
) -> None:
    response = await post_command(
        post("register-item", {"name": "Teapot", "reorderPoint": 2}, Idempotency_Key="k1"),
        application,
    )

    assert (response.status_code, response.headers["ETag"]) == (200, '"1"')
    assert told(response) == {
        "stream": "item-SKU1",
        "commandId": "k1",
        "version": 1,
        "events": [
            {
                "version": 1,
                "type": "ItemRegistered",
                "schema": 1,
                "data": {"name": "Teapot", "reorderPoint": 2},
            }
        ],
    }


async def test_what_is_known_of_the_request_is_kept_in_the_commit(application: Application) -> None:
    traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    await post_command(
        post(
            "register-item",
            {"name": "Teapot", "reorderPoint": 2},
            Idempotency_Key="k1",
            Correlation_Id="order-7",
            traceparent=traceparent,
        ),
        application,
    )

    page = told(await get_stream(get("streams", stream="item-SKU1"), application))

    assert page["commits"][0]["metadata"] == {
        "correlationId": "order-7",
        "causationId": "k1",
        "traceparent": traceparent,
        "time": "2026-11-23T12:00:00.000000Z",
    }


async def test_the_same_key_is_answered_with_the_stored_events(application: Application) -> None:
    await registered(application)
    again = post("receive-stock", {"quantity": 10}, Idempotency_Key="receive")

    response = await post_command(again, application)

    assert (response.status_code, response.headers["ETag"]) == (200, '"2"')
    other = post("receive-stock", {"quantity": 11}, Idempotency_Key="receive")
    refused = await post_command(other, application)
    assert (refused.status_code, told(refused)["code"]) == (422, "command-id-reused")


async def test_a_refusal_is_told_with_the_reason_of_the_domain(application: Application) -> None:
    await registered(application)

    response = await post_command(
        post("reserve-stock", {"reservationId": "r1", "quantity": 11}), application
    )

    problem = told(response)
    assert (response.status_code, problem["refusal"]) == (422, "not-enough-stock")
    assert problem["detail"] == "11 wanted, 10 available."


async def test_a_stream_is_shown_page_by_page(application: Application) -> None:
    await registered(application)
    for _ in range(101):
        await post_command(post("receive-stock", {"quantity": 1}), application)

    first = told(await get_stream(get("streams", stream="item-SKU1"), application))
    after = first["next"].partition("?after=")[2]
    second = told(
        await get_stream(get("streams", {"after": after}, stream="item-SKU1"), application)
    )

    versions = [c["version"] for page in (first, second) for c in page["commits"]]
    assert versions == list(range(1, 104))
    assert "next" not in second


@pytest.mark.parametrize(
    ("stream", "status"),
    [("item-nobody", 404), ("order-1", 404), ("item", 404), ("item-", 400), ("item-a b", 400)],
)
async def test_a_stream_that_is_not_there_is_a_problem(
    stream: str, status: int, application: Application
) -> None:
    response = await get_stream(get("streams", stream=stream), application)

    assert response.status_code == status
    assert told(response)["detail"]


async def test_a_version_that_is_none_is_malformed(application: Application) -> None:
    response = await get_stream(get("streams", {"after": "soon"}, stream="item-SKU1"), application)

    assert told(response)["errors"][0]["pointer"] == "after"


async def test_a_view_shows_the_rows_of_a_key(application: Application) -> None:
    await registered(application)
    store = application.store
    assert isinstance(store, MemoryEventStore)
    bodies = [encode(e) for commit in store.commits() for e in envelopes(commit)]
    await World(rows_of(application), store).project(bodies)

    response = await get_view(get("views", view="stock", key="SKU1"), application)

    assert response.status_code == 200
    (row,) = told(response)["rows"]
    assert (row["stream"], row["version"], row["data"]["available"]) == ("item-SKU1", 2, 10)


@pytest.mark.parametrize(
    ("view", "key", "status"),
    [("stock", "nobody", 404), ("sales", "SKU1", 404), ("stock", "a\x00b", 400)],
)
async def test_a_row_that_is_not_there_is_a_problem(
    view: str, key: str, status: int, application: Application
) -> None:
    response = await get_view(get("views", view=view, key=key), application)

    assert response.status_code == status
    assert told(response)["detail"]


async def test_an_order_may_want_as_much_of_one_item_as_all_of_its_lines_may_hold(
    application: Application,
) -> None:
    lines = [{"sku": "SKU1", "quantity": MOST_AT_ONCE}] * 50
    asked = post("place-order", {"customerId": "C1", "lines": lines}, "7", "order")

    placed = told(await post_command(asked, application))

    assert placed["events"][0]["data"]["lines"] == [{"sku": "SKU1", "quantity": MOST_FOR_AN_ORDER}]
