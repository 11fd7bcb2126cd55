"""Answers to commands that wait until the views show what was written."""

import asyncio
from dataclasses import replace
from itertools import count

import pytest

from command_api.composition import Application
from command_api.until_projected import waited
from shared.adapters.memory import MemoryRows
from shared.kernel.errors import StoreError, StoreThrottled, StoreUnavailable
from shared.kernel.messages.message import Event
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import StoredRow
from shared.kernel.views.view import RowKey
from tests.command_api.calls import assembled, post, post_command, told
from tests.command_api.projecting import REGISTER, Watched, asked_again, project_everything
from tests.kernel.lending import lending, loans


async def test_an_answer_can_wait_until_the_views_show_it(watched: Application) -> None:
    asked = post(*REGISTER, Prefer="until=projected, wait=20")
    waiting = asyncio.create_task(post_command(asked, watched))
    await asked_again(watched)
    assert not waiting.done()

    await project_everything(watched)
    response = await waiting

    assert response.status_code == 200
    assert response.headers["Preference-Applied"] == "until=projected, wait=20"


async def test_an_answer_that_waited_in_vain_says_that_the_write_is_stored(
    application: Application,
) -> None:
    response = await post_command(post(*REGISTER, Prefer="until=projected, wait=0"), application)

    assert (response.status_code, response.headers["Retry-After"]) == (202, "1")
    assert told(response)["version"] == 1


class Throttled(Watched):
    """Rows that do not answer at first."""

    refusals = 2

    async def read(self, at: RowKey) -> StoredRow | None:
        self._note(at.view, at.key)
        if self.refusals > 0:
            self.refusals -= 1
            raise StoreThrottled("no") if self.refusals else StoreUnavailable("no answer")
        return await MemoryRows.read(self, at)


async def test_rows_that_do_not_answer_are_asked_again_because_the_write_is_stored(
    application: Application,
) -> None:
    rows = Throttled()
    application = replace(application, rows=rows)
    asked = post(*REGISTER, Prefer="until=projected, wait=20", Idempotency_Key="k")
    waiting = asyncio.create_task(post_command(asked, application))
    await asked_again(application)
    await project_everything(application)

    assert (await waiting).status_code == 200

    rows.refusals = 10_000
    in_vain = post(*REGISTER, Prefer="until=projected, wait=0", Idempotency_Key="k")
    response = await post_command(in_vain, application)
    assert (response.status_code, told(response)["version"]) == (202, 1)


@pytest.mark.parametrize(
    "error",
    [
        StoreError("Cosmos DB refuses a request: (Forbidden)"),
        StoreUnavailable("no answer"),
        ConnectionResetError("gone"),
        TimeoutError("late"),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_whatever_rows_answer_the_write_is_told_as_stored(
    application: Application, error: Exception
) -> None:
    class Broken(MemoryRows):
        async def read(self, _at: RowKey) -> StoredRow | None:
            raise error

    application = replace(application, rows=Broken())

    asked = post(*REGISTER, Prefer="until=projected, wait=0")
    response = await post_command(asked, application)

    assert (response.status_code, told(response)["version"]) == (202, 1)


async def test_a_repeat_waits_for_what_the_first_one_stored(application: Application) -> None:
    await post_command(post(*REGISTER, Idempotency_Key="k"), application)
    asked = post(*REGISTER, Idempotency_Key="k", Prefer="until=projected, wait=0")

    assert (await post_command(asked, application)).status_code == 202

    await project_everything(application)

    assert (await post_command(asked, application)).status_code == 200


async def test_nothing_to_do_is_nothing_to_wait_for(application: Application) -> None:
    await post_command(post(*REGISTER), application)
    asked = post("change-reorder-point", {"reorderPoint": 2}, Prefer="until=projected, wait=0")

    response = await post_command(asked, application)

    assert (response.status_code, told(response)["events"]) == (200, [])


async def test_an_answer_that_is_late_has_a_body_and_does_not_say_otherwise(
    application: Application,
) -> None:
    prefer = "until=projected, wait=0, return=minimal"

    response = await post_command(post(*REGISTER, Prefer=prefer), application)

    assert (response.status_code, told(response)["version"]) == (202, 1)
    assert response.headers["Preference-Applied"] == "until=projected, wait=0"


async def test_a_row_that_has_seen_less_is_not_enough(application: Application) -> None:
    await post_command(post(*REGISTER), application)
    await project_everything(application)

    asked = post("receive-stock", {"quantity": 1}, Prefer="until=projected, wait=0")
    response = await post_command(asked, application)

    assert response.status_code == 202


async def test_who_waits_in_vain_is_told_so_when_the_time_is_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked, looks = 0, count()
    # Every look at the clock takes a millisecond, however long anything takes.
    monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: next(looks) / 1000)

    async def never() -> bool:
        nonlocal asked
        asked += 1
        return False

    assert not await waited(never, 0.05)
    assert asked > 1


async def test_an_event_that_a_view_can_never_show_is_stored_all_the_same() -> None:
    def unplaced(_stream: StreamName, event: Event) -> str:
        raise KeyError(event)

    library = assembled(replace(lending, views=(replace(loans, key=unplaced),)))
    asked = post("add-note", {}, "emma", "book", Prefer="until=projected, wait=20")

    response = await post_command(asked, library)

    # Where it is projected, it is parked: nobody waits for that.
    assert (response.status_code, told(response)["version"]) == (202, 1)
