"""Scheduled commands: kept until their time, handed over once in effect, and cancelled while they are kept."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from shared.adapters.memory import (
    MemoryRows,
)
from tests.command_api.calls import told
from tests.command_api.scheduling import DAY, TOMORROW, Library
from tests.kernel.lending import TERM


async def test_a_command_is_kept_until_its_time_and_decided_then() -> None:
    library = Library()

    answer = await library.asks(TOMORROW)

    body = told(answer)
    assert (answer.status_code, body["notBefore"]) == (202, "2026-11-24T12:00:00.000000Z")
    assert answer.headers["Preference-Applied"] == "respond-async"
    status = await library.status(answer)
    assert (status["outcome"], status["notBefore"]) == ("scheduled", body["notBefore"])
    library.moment += DAY - timedelta(microseconds=1)
    assert await library.schedule.run() == 0
    library.moment += timedelta(hours=1)
    assert await library.schedule.run() == 1

    done = await library.status(answer)
    assert done["outcome"] == "done"
    (commit,) = library.store.written
    # It is decided at its time, for who has asked, under the key that was given.
    assert (commit.command_id, commit.metadata.actor) == ("k1", "ann")
    assert (commit.time[:19], (commit.metadata.accepted or "")[:19]) == (
        "2026-11-24T12:59:59",
        "2026-11-23T12:00:00",
    )
    until = datetime.fromisoformat(done["events"][0]["data"]["until"])
    assert until == library.moment + TERM
    assert library.rows.all() == []
    assert await library.schedule.run() == 0


async def test_a_time_needs_a_client_that_does_not_wait_for_the_answer() -> None:
    library = Library()

    answer = await library.asks(TOMORROW, Prefer="return=minimal")

    # It is not decided at once, as if nobody had said when.
    assert (answer.status_code, told(answer)["code"]) == (400, "malformed")
    assert library.store.written == []


async def test_what_is_past_is_now() -> None:
    library = Library()

    answer = await library.asks("2026-11-23T12:00:00Z")

    assert (answer.status_code, "notBefore" in told(answer)) == (202, False)
    assert (await library.status(answer))["outcome"] == "pending"
    assert library.rows.all() == []


async def test_of_two_times_for_one_command_the_first_counts() -> None:
    library = Library()
    first = await library.asks(TOMORROW)
    again = await library.asks("2026-12-24T12:00:00Z")

    assert told(again) == told(first)
    other = await library.asks(TOMORROW, command="add-note")
    assert (other.status_code, told(other)["code"]) == (422, "command-id-reused")
    bobs = await library.asks(TOMORROW, by="bob")
    assert (bobs.status_code, told(bobs)["code"]) == (422, "command-id-reused")


async def test_a_command_is_cancelled_while_it_is_kept() -> None:
    library = Library()
    answer = await library.asks(TOMORROW)

    assert await library.cancels(answer, by="bob") == (403, "forbidden")
    assert await library.cancels(answer) == (200, "cancelled")
    assert await library.cancels(answer) == (200, "cancelled")
    assert (await library.status(answer))["outcome"] == "cancelled"

    library.moment += 2 * DAY
    assert await library.schedule.run() == 1
    assert library.rows.all() == []
    assert library.store.written == []
    # It stays so, and is not scheduled again under its key.
    assert (await library.status(answer))["outcome"] == "cancelled"
    assert await library.cancels(answer) == (200, "cancelled")
    await library.asks("2027-01-01T00:00:00Z")
    assert library.rows.all() == []
    assert (await library.status(answer))["outcome"] == "cancelled"
    library.moment += 99 * DAY
    await library.schedule.run()
    assert library.store.written == []


async def test_who_cancels_what_is_handed_over_is_told_that_it_is_too_late() -> None:
    library = Library()
    answer = await library.asks(TOMORROW)
    library.moment += DAY
    library.store.away = True
    with pytest.raises(BaseExceptionGroup):
        await library.schedule.run()

    # Whoever cancels it now could not know whether it takes effect.
    assert await library.cancels(answer) == (409, "handed-over")
    assert (await library.status(answer))["outcome"] == "pending"
    library.store.away = False
    assert await library.schedule.run() == 1
    assert await library.cancels(answer) == (409, "handed-over")
    assert (await library.status(answer))["outcome"] == "done"


async def test_what_was_never_kept_cannot_be_cancelled() -> None:
    library = Library()
    answer = await library.asks(None)

    assert await library.cancels(answer) == (409, "handed-over")


async def test_of_who_cancels_and_who_hands_over_one_is_first() -> None:
    class Late(MemoryRows):
        """Rows that somebody else is faster to change, once."""

        faster: Any = None

        async def write(self, row: Any, replacing: str | None) -> bool:
            faster, self.faster = self.faster, None
            if replacing is not None and faster is not None:
                await faster()
            return await super().write(row, replacing)

    for cancelled_first in (True, False):
        library = Library()
        late = Late()

        async def give(rows: Late = late) -> Late:
            return rows

        library.rows, library.api = late, replace(library.api, rows=late, scheduled=give)
        answer = await library.asks(TOMORROW)
        library.moment += DAY
        if cancelled_first:
            late.faster = lambda: library.cancels(answer)  # noqa: B023 - it is called here
            await library.schedule.run()
            assert (await library.status(answer))["outcome"] == "cancelled"
            assert library.store.written == []
        else:
            late.faster = library.schedule.run
            assert await library.cancels(answer) == (409, "handed-over")
            assert (await library.status(answer))["outcome"] == "done"


async def test_a_host_that_dies_behind_the_decision_has_one_effect() -> None:
    library = Library()
    answer = await library.asks(TOMORROW)
    library.moment += DAY
    kept = library.rows.all()[0]
    await library.schedule.run()
    # The row is still there for the next one, as its host left it.
    left = {**kept.data, "state": "handed-over"}
    await library.rows.write(replace(kept, data=left), None)

    assert (await library.status(answer))["outcome"] == "done"
    assert await library.schedule.run() == 1
    assert len(library.store.written) == 1
    assert library.rows.all() == []


async def test_many_that_are_due_are_handed_over_page_by_page_and_one_failure_stops_no_other() -> (
    None
):
    library = Library()
    for number in range(7):
        await library.asks(TOMORROW, command="add-note", Idempotency_Key=f"k{number}")
    broken = library.rows.all()[3]
    stored = await library.rows.read(broken.at)
    assert stored is not None
    message = json.dumps({**json.loads(broken.data["message"]), "type": "Unknown"})
    changed = replace(broken, data={**broken.data, "message": message})
    assert await library.rows.write(changed, stored.tag)
    library.moment += DAY

    # What the mailbox cannot read is parked there, alone.
    assert await library.schedule.run() == 7
    assert len(library.store.written) == 6
    assert library.rows.all() == []


async def test_a_run_that_has_no_more_time_is_gone_on_with_by_the_next() -> None:
    library = Library()
    for number in range(5):
        await library.asks(TOMORROW, command="add-note", Idempotency_Key=f"k{number}")
    library.moment += DAY

    assert [await library.schedule.run(seconds=0) for _ in range(4)] == [2, 2, 1, 0]
