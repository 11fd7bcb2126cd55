"""Commands that wait: accepted, handled later, and asked about whenever."""

import json
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import azure.functions as func
import pytest

from command_api.composition import Application
from consumers.mailbox import Mailbox
from shared.adapters.memory import MemoryEventStore, MemoryLog, MemoryOutcomes, MemoryParking
from shared.domain.shop import domain
from shared.domain.shop.item.commands import ReceiveStock
from shared.kernel.commands.outcome import FinalOutcome
from shared.kernel.delivery.partition import partition_of
from shared.kernel.errors import StoreUnavailable
from tests.command_api.calls import (
    assembled,
    get,
    get_outcome,
    get_stream,
    now,
    post,
    post_command,
    registered,
    told,
)
from tests.kernel.asking import no_pause

ASYNC = {"Prefer": "respond-async", "Idempotency_Key": "a/b?c"}


async def handle_all(application: Application) -> None:
    mailbox, outcomes = await application.mailbox(), application.outcomes
    assert isinstance(mailbox, MemoryLog)
    assert isinstance(outcomes, MemoryOutcomes)
    durable = Mailbox(domain, application.dispatcher, outcomes, MemoryParking(), now, no_pause)
    for messages in mailbox.messages:
        await durable.handle(messages)
        messages.clear()


async def outcome(application: Application, command_id: str = "a/b?c") -> dict[str, object]:
    params = {"command-id": command_id}
    return told(await get_outcome(get("streams", params, stream="item-SKU1"), application))


async def asked_at(answer: func.HttpResponse, application: Application) -> dict[str, object]:
    """Ask at the status URL that an answer has given."""
    params = dict(parse_qsl(urlsplit(answer.headers["Location"]).query))
    return told(await get_outcome(get("streams", params, stream="item-SKU1"), application))


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


RESERVE = {"reservationId": "r1", "quantity": 5}
TOO_MUCH = {"reservationId": "r1", "quantity": 500}


@pytest.mark.parametrize("mine", [TOO_MUCH, {"quantity": 5}], ids=["refused", "done"])
async def test_an_outcome_is_told_of_no_other_command_under_its_key(
    application: Application, mine: dict[str, object]
) -> None:
    signed_in = replace(application, signs_in=True)
    await registered(signed_in)
    ann, bob = ({**ASYNC, "X_MS_Client_Principal_Id": name} for name in ("ann", "bob"))
    command = "reserve-stock" if mine is TOO_MUCH else "receive-stock"
    asked = [await post_command(post(command, mine, **who), signed_in) for who in (ann, bob)]
    asked.append(await post_command(post("receive-stock", {"quantity": 500}, **ann), signed_in))

    await handle_all(signed_in)

    first, *others = [await asked_at(answer, signed_in) for answer in asked]
    assert first == await outcome(signed_in)
    assert first["outcome"] == ("refused" if mine is TOO_MUCH else "done")
    for other in others:
        assert (other["outcome"], other["code"]) == ("failed", "command-id-reused")
        assert "events" not in other
    page = told(await get_stream(get("streams", stream="item-SKU1"), signed_in))
    effects = [one["commandId"] for one in page["commits"]].count("a/b?c")
    assert effects == (0 if mine is TOO_MUCH else 1)


async def test_a_refusal_is_told_although_another_command_was_stored_under_its_key(
    application: Application,
) -> None:
    await registered(application)
    waits = await post_command(post("reserve-stock", TOO_MUCH, **ASYNC), application)
    await handle_all(application)
    direct = post("receive-stock", {"quantity": 5}, Idempotency_Key="a/b?c")
    assert (await post_command(direct, application)).status_code == 200

    assert (await asked_at(waits, application))["outcome"] == "refused"
    assert (await outcome(application))["outcome"] == "done"


async def test_an_outcome_that_was_kept_without_a_digest_is_told(application: Application) -> None:
    waits = await post_command(post("reserve-stock", RESERVE, **ASYNC), application)
    old = FinalOutcome("item-SKU1", "a/b?c", "refused", 1, "not-enough-stock", "Too few.")
    outcomes = application.outcomes
    assert isinstance(outcomes, MemoryOutcomes)
    await outcomes.write(old)

    assert (await asked_at(waits, application))["refusal"] == "not-enough-stock"


async def refused_for_now(application: Application) -> None:
    """Let the mailbox refuse to reserve what is not there, and let it come in afterwards."""
    await post_command(post("register-item", {"name": "Teapot", "reorderPoint": 0}), application)
    await post_command(post("reserve-stock", RESERVE, **ASYNC), application)
    await handle_all(application)
    await post_command(post("receive-stock", {"quantity": 5}), application)


async def test_a_refusal_stays_though_the_command_waits_again(application: Application) -> None:
    await refused_for_now(application)

    await post_command(post("reserve-stock", RESERVE, **ASYNC), application)
    await handle_all(application)

    assert (await outcome(application))["outcome"] == "refused"


async def test_a_commit_goes_before_a_refusal_of_the_same_command(application: Application) -> None:
    await refused_for_now(application)

    direct = post("reserve-stock", RESERVE, Idempotency_Key="a/b?c")
    assert (await post_command(direct, application)).status_code == 200
    done = await outcome(application)
    await post_command(post("reserve-stock", RESERVE, **ASYNC), application)
    await handle_all(application)

    # What is stored is told, and it stays.
    assert (done["outcome"], done["version"]) == ("done", 3)
    assert await outcome(application) == done


async def test_of_two_handlers_of_one_command_a_commit_is_never_denied(
    application: Application,
) -> None:
    outcomes = Overtaken(application)
    stalled = replace(application, outcomes=outcomes)
    await post_command(post("register-item", {"name": "Teapot", "reorderPoint": 0}), application)
    await post_command(post("reserve-stock", RESERVE, **ASYNC), application)

    await handle_all(stalled)

    assert outcomes.seen["outcome"] == "refused"
    store = application.store
    assert isinstance(store, MemoryEventStore)
    effects = [commit.command_id for commit in store.commits()].count("a/b?c")
    assert (effects, (await outcome(application))["outcome"]) == (1, "done")


class Overtaken(MemoryOutcomes):
    """Outcomes of a host that stands still behind its first question: another takes its partition meanwhile."""

    def __init__(self, application: Application) -> None:
        super().__init__()
        self.application = application
        self.seen: dict[str, object] = {}

    async def read(self, stream: str, command_id: str) -> FinalOutcome | None:
        found = await self.application.outcomes.read(stream, command_id)
        mailbox = await self.application.mailbox()
        assert isinstance(mailbox, MemoryLog)
        kept = [list(messages) for messages in mailbox.messages]
        await handle_all(self.application)
        mailbox.messages[:] = kept
        self.seen = await outcome(self.application)
        receive = post("receive-stock", {"quantity": 5}, Idempotency_Key="receive")
        await post_command(receive, self.application)
        return found


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
