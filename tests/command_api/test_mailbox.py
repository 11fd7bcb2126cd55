"""Commands that wait: accepted, handled later, and asked about whenever."""

import json
from typing import Any

from command_api.composition import Application
from shared.adapters.memory import MemoryEventStore, MemoryLog
from shared.domain.shop import domain
from shared.domain.shop.item.commands import ReceiveStock
from shared.kernel.delivery.partition import partition_of
from shared.kernel.errors import StoreUnavailable
from tests.command_api.calls import (
    assembled,
    get,
    get_outcome,
    post,
    post_command,
    registered,
    told,
)
from tests.command_api.mailbox import ASYNC, handle_all, outcome


async def test_a_command_waits_under_a_status_url(application: Application) -> None:
    await registered(application)

    answer = await post_command(post("receive-stock", {"quantity": 5}, **ASYNC), application)

    assert answer.status_code == 202
    status, _, digest = answer.headers["Location"].partition("&digest=")
    assert status == "/api/streams/item-SKU1/outcome?command-id=a%2Fb%3Fc"
    assert len(digest) == 64
    assert answer.headers["Preference-Applied"] == "respond-async"
    assert (await outcome(application))["outcome"] == "pending"
    mailbox = await application.mailbox()
    assert isinstance(mailbox, MemoryLog)
    (message,) = mailbox.messages[partition_of("item-SKU1", 4)]
    assert json.loads(message)["type"] == ReceiveStock.__name__


async def test_what_was_done_is_told_with_its_events(application: Application) -> None:
    await registered(application)
    await post_command(post("receive-stock", {"quantity": 5}, **ASYNC), application)

    await handle_all(application)

    found = await outcome(application)
    assert (found["outcome"], found["version"]) == ("done", 3)
    assert found["events"] == [
        {"version": 3, "type": "StockReceived", "schema": 1, "data": {"quantity": 5}}
    ]


async def test_what_was_refused_is_told_with_the_reason(application: Application) -> None:
    reserve = {"reservationId": "r1", "quantity": 5}
    await post_command(post("reserve-stock", reserve, **ASYNC), application)

    await handle_all(application)

    found = await outcome(application)
    assert (found["outcome"], found["refusal"]) == ("refused", "item-unknown")


async def test_nothing_to_do_is_done_without_events(application: Application) -> None:
    await registered(application)
    await post_command(post("change-reorder-point", {"reorderPoint": 2}, **ASYNC), application)

    await handle_all(application)

    found = await outcome(application)
    assert (found["outcome"], found["events"]) == ("done", [])


class Away(MemoryEventStore):
    """A store that does not answer."""

    async def find(self, *_args: Any) -> Any:
        raise StoreUnavailable("no answer")

    async def tail(self, *_args: Any) -> Any:
        raise AssertionError("nobody decides here")


async def test_a_command_is_taken_though_the_store_is_away() -> None:
    application = assembled(domain, Away())

    answer = await post_command(post("receive-stock", {"quantity": 5}, **ASYNC), application)

    assert answer.status_code == 202
    assert (await outcome(application))["code"] == "unavailable"


async def test_to_wait_in_the_mailbox_is_to_wait_for_nothing_else(application: Application) -> None:
    prefer = "respond-async, until=projected, wait=20, return=minimal, request-charge"
    asked = post("receive-stock", {"quantity": 5}, Prefer=prefer)

    answer = await post_command(asked, application)

    assert answer.status_code == 202
    assert answer.headers["Preference-Applied"] == "respond-async"


async def test_a_bad_request_is_told_at_once(application: Application) -> None:
    answer = await post_command(post("receive-stock", {"quantity": -5}, **ASYNC), application)

    assert told(answer)["code"] == "malformed"


async def test_the_question_needs_the_id_of_a_command(application: Application) -> None:
    missing = await get_outcome(get("streams", {}, stream="item-SKU1"), application)
    odd = await get_outcome(get("streams", {"command-id": "\n"}, stream="item-SKU1"), application)
    params = {"command-id": "c1", "digest": "\n"}
    digest = await get_outcome(get("streams", params, stream="item-SKU1"), application)

    assert told(missing)["errors"] == [{"pointer": "command-id", "detail": "It is missing."}]
    assert told(odd)["code"] == told(digest)["code"] == "malformed"
