"""What a client may expect and prefer: versions, answers without a body, answers that wait for the views."""

import asyncio
from dataclasses import replace
from itertools import count
from urllib.parse import parse_qsl, urlsplit

import pytest

from command_api.composition import Application
from command_api.projected import waited
from emulators.tests.waiting import in_time
from shared.adapters.memory import MemoryEventStore, MemoryRows
from shared.kernel.errors import StoreError, StoreThrottled, StoreUnavailable
from shared.kernel.messages.envelope import encode, envelopes
from shared.kernel.ports import ROWS, StoredRow
from shared.kernel.views.view import Row, RowKey
from tests.command_api.calls import get, get_view, post, post_command, registered, rows_of, told
from tests.consumers.worlds import World

REGISTER = ("register-item", {"name": "Teapot", "reorderPoint": 2})


async def project_everything(application: Application) -> None:
    store = application.store
    assert isinstance(store, MemoryEventStore)
    bodies = [encode(e) for commit in store.commits() for e in envelopes(commit)]
    await World(rows_of(application), store).project(bodies)


async def test_an_answer_without_a_body_still_says_the_version(application: Application) -> None:
    response = await post_command(post(*REGISTER, Prefer="return=minimal"), application)

    assert (response.status_code, response.get_body()) == (204, b"")
    assert response.headers["ETag"] == '"1"'
    assert response.headers["Preference-Applied"] == "return=minimal"


class Watched(MemoryRows):
    """Rows that tell when one of them was asked for again, and so in vain before."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = set[tuple[str, str]]()
        self.asked_again = asyncio.Event()
        self.largest = 0

    async def read(self, at: RowKey) -> StoredRow | None:
        self._note(at.view, at.key)
        return await super().read(at)

    async def of_key(self, view: str, key: str, after: str = "", limit: int = ROWS) -> list[Row]:
        self._note(view, key)
        found = await super().of_key(view, key, after, limit)
        self.largest = max(self.largest, len(found))
        return found

    async def shows(self, view: str, key: str, version: int) -> bool:
        self._note(view, key)
        return await super().shows(view, key, version)

    def _note(self, view: str, key: str) -> None:
        if (view, key) in self.asked:
            self.asked_again.set()
        self.asked.add((view, key))


@pytest.fixture
def watched(application: Application) -> Application:
    return replace(application, rows=Watched())


async def asked_again(application: Application) -> None:
    assert isinstance(application.rows, Watched)
    async with in_time():
        await application.rows.asked_again.wait()


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


async def test_an_answer_says_what_it_cost_when_asked(application: Application) -> None:
    response = await post_command(post(*REGISTER, Prefer="request-charge"), application)

    assert response.headers["Request-Charge"] == "0.00"
    assert "Request-Charge" not in (await post_command(post(*REGISTER), application)).headers


@pytest.mark.parametrize(
    ("prefer", "applied"),
    [
        ("return=representation", "return=representation"),
        ("until=stored", "until=stored"),
        ("return=everything, colour=red, wait=soon", None),
        ('return="minimal"; x=1 , wait=99999', "return=minimal, wait=30"),
        (", ,=,", None),
    ],
)
async def test_what_is_not_understood_is_ignored(
    prefer: str, applied: str | None, application: Application
) -> None:
    response = await post_command(post(*REGISTER, Prefer=prefer), application)

    assert response.status_code in {200, 204}
    assert response.headers.get("Preference-Applied") == applied


async def test_a_query_can_wait_until_a_row_has_seen_a_version(watched: Application) -> None:
    await registered(watched)
    asked = get("views", {"at-least": "2"}, view="stock", key="SKU1")
    waiting = asyncio.create_task(get_view(asked, watched))
    await asked_again(watched)
    assert not waiting.done()

    await project_everything(watched)

    response = await waiting
    assert response.status_code == 200
    assert told(response)["rows"][0]["version"] == 2


@pytest.mark.parametrize(
    ("at_least", "status"),
    [("2", 200), ("3", 202), ("item-SKU1@2", 200), ("item-SKU1@3", 202), ("item-SKU2@1", 202)],
)
async def test_a_query_that_waited_in_vain_shows_what_there_is(
    at_least: str, status: int, application: Application
) -> None:
    await registered(application)
    await project_everything(application)
    asked = get("views", {"at-least": at_least}, view="stock", key="SKU1")
    asked.headers.__http_headers__["prefer"] = "wait=0"

    response = await get_view(asked, application)

    assert response.status_code == status
    assert told(response)["rows"][0]["version"] == 2


async def test_a_key_of_many_rows_is_shown_page_by_page_and_waits_without_reading_them(
    watched: Application,
) -> None:
    rows = watched.rows
    assert isinstance(rows, Watched)
    for number in range(250):
        at = RowKey("customers", "C1", f"order-{number:03}")
        await rows.write(Row(at, 1, {}), None)
    await rows.write(Row(RowKey("customers", "C1", "order-777"), 3, {}), None)
    for at_least in ("3", "order-777@3"):
        asked = get("views", {"at-least": at_least}, view="customers", key="C1")
        assert (await get_view(asked, watched)).status_code == 200
    assert rows.largest == 100
    found, params = list[str](), dict[str, str]()

    while True:
        page = told(await get_view(get("views", params, view="customers", key="C1"), watched))
        found += [row["stream"] for row in page["rows"]]
        if "next" not in page:
            break
        params = dict(parse_qsl(urlsplit(page["next"]).query))

    assert found == [*(f"order-{number:03}" for number in range(250)), "order-777"]
    wrong = get("views", {"after": "order"}, view="customers", key="C1")
    assert (await get_view(wrong, watched)).status_code == 400


@pytest.mark.parametrize("at_least", ["", "-1", "soon", "item-SKU1@", "@2", "9" * 16])
async def test_a_version_that_is_none_is_malformed(at_least: str, application: Application) -> None:
    asked = get("views", {"at-least": at_least}, view="stock", key="SKU1")

    assert told(await get_view(asked, application))["errors"][0]["pointer"] == "at-least"


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
