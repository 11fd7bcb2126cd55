"""Queries that wait until a row has seen a version."""

import asyncio
from dataclasses import replace
from itertools import count
from urllib.parse import parse_qsl, urlsplit

import pytest

from command_api.composition import Application
from shared.adapters.memory import MemoryRows
from shared.kernel.ports import StoredRow
from shared.kernel.views.view import Row, RowKey
from tests.command_api.calls import get, get_view, registered, rows_of, told
from tests.command_api.projecting import Watched, asked_again, project_everything


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


class Slow(MemoryRows):
    """Rows that show everything, and take longer to be asked for a version than anybody waits."""

    async def read(self, at: RowKey) -> StoredRow | None:
        await asyncio.Event().wait()
        return await super().read(at)

    async def shows(self, view: str, key: str, version: int) -> bool:
        await asyncio.Event().wait()
        return await super().shows(view, key, version)


@pytest.mark.parametrize(
    ("at_least", "status"),
    [
        *(("1", 200), ("2", 200), ("3", 202), ("9", 202), ("999999999", 202)),
        *(("item-SKU1@1", 200), ("item-SKU1@2", 200), ("item-SKU1@3", 202)),
        *(("item-SKU2@1", 202), ("item-SKU2@9", 202)),
    ],
)
async def test_a_look_that_was_too_slow_counts_if_what_is_shown_has_seen_the_version(
    at_least: str, status: int, application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    application = replace(application, rows=Slow())
    await registered(application)
    await rows_of(application).write(Row(RowKey("stock", "SKU1", "item-SKU1"), 2, {}), None)
    looks = count()
    # Every look at the clock takes half a second, however long anything takes.
    monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: next(looks) / 2)
    asked = get("views", {"at-least": at_least}, view="stock", key="SKU1")
    asked.headers.__http_headers__["prefer"] = "wait=1"

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
