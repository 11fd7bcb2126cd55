"""What a command came to is told of this command alone, and what is stored goes before a refusal."""

from dataclasses import replace

import pytest

from command_api.composition import Application
from shared.adapters.identity.actor import Actors
from shared.adapters.memory import MemoryEventStore, MemoryLog, MemoryOutcomes
from shared.kernel.commands.outcome import FinalOutcome
from tests.command_api.calls import (
    get,
    get_stream,
    post,
    post_command,
    registered,
    told,
)
from tests.command_api.mailbox import ASYNC, RESERVE, asked_at, handle_all, outcome

TOO_MUCH = {"reservationId": "r1", "quantity": 500}


@pytest.mark.parametrize("mine", [TOO_MUCH, {"quantity": 5}], ids=["refused", "done"])
async def test_an_outcome_is_told_of_no_other_command_under_its_key(
    application: Application, mine: dict[str, object]
) -> None:
    signed_in = replace(application, actors=Actors(signs_in=True))
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
