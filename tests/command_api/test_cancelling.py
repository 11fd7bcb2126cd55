"""Whoever cancels names one command, and is told of no other; who schedules meets what goes on meanwhile."""

from dataclasses import replace

import azure.functions as func

from shared.adapters.memory import MemoryRows
from shared.kernel.commands.outcome import FinalOutcome
from shared.kernel.ports import Rows
from tests.command_api.calls import told
from tests.command_api.scheduling import DAY, TOMORROW, Library


async def test_another_command_under_the_id_is_not_cancelled() -> None:
    library = Library()
    answer = await library.asks(TOMORROW)
    at = answer.headers["Location"].partition("digest=")[0]
    other = func.HttpResponse(status_code=202, headers={"Location": f"{at}digest={'0' * 64}"})

    assert await library.cancels(other) == (409, "handed-over")
    assert (await library.status(answer))["outcome"] == "scheduled"


async def test_a_command_that_is_handed_over_meanwhile_is_answered_all_the_same() -> None:
    class HandedOver(MemoryRows):
        """Somebody else has kept the command, and it is decided."""

        async def write(self, *_: object) -> bool:
            return False

    async def rows() -> Rows:
        return HandedOver()

    library = Library()
    library.api = replace(library.api, scheduled=rows)

    answer = await library.asks(TOMORROW)

    assert (answer.status_code, told(answer)["notBefore"][:19]) == (202, "2026-11-24T12:00:00")


async def test_what_took_effect_meanwhile_is_not_said_to_be_cancelled() -> None:
    library = Library()
    answer = await library.asks(TOMORROW)
    assert (await library.asks(None, Prefer="return=minimal")).status_code == 204

    # It was sent at once, too, under the same key.
    assert await library.cancels(answer) == (409, "handed-over")
    library.moment += 2 * DAY
    await library.schedule.run()

    assert await library.cancels(answer) == (409, "handed-over")
    assert (await library.status(answer))["outcome"] == "done"
    assert len(library.store.written) == 1


async def test_that_a_command_was_cancelled_is_told_to_nobody_else() -> None:
    library = Library()
    answer = await library.asks(TOMORROW)
    await library.cancels(answer)
    await library.schedule.run()

    assert library.rows.all() == []
    assert await library.cancels(answer, by="bob") == (403, "forbidden")
    assert await library.cancels(answer) == (200, "cancelled")


async def test_what_nobody_known_has_scheduled_is_cancelled_by_nobody_known_alone() -> None:
    library = Library()
    answer = await library.asks(TOMORROW, by=None, command="add-note")

    assert await library.cancels(answer, by="ann") == (403, "forbidden")
    assert await library.cancels(answer, by=None) == (200, "cancelled")
    assert await library.cancels(answer, by="ann") == (403, "forbidden")

    named = await library.asks(TOMORROW, command="add-note", Idempotency_Key="k2")
    assert await library.cancels(named, by=None) == (403, "forbidden")


async def test_what_became_of_another_command_under_the_id_keeps_nobody_from_cancelling() -> None:
    library = Library()
    kept = FinalOutcome("book-emma", "k1", "refused", 0, "lent", "", "another digest", "bob")
    await library.outcomes.write(kept)
    answer = await library.asks(TOMORROW)

    assert await library.cancels(answer) == (200, "cancelled")
