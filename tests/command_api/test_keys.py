"""A key of a view by its path: whatever a view makes of its events, an address or a name."""

from urllib.parse import parse_qsl, quote, urlsplit

import pytest

from command_api.composition import Application
from command_api.paging import LONGEST_KEY
from emulators.host.paths import decoded
from emulators.host.routes import find, parse_route
from shared.kernel.ports import ROWS
from shared.kernel.views.view import Row, RowKey
from tests.command_api.calls import get, get_view, rows_of, told

KEYS = [
    *("ann@example.com", "M\u00fcller & S\u00f6hne", "a b", "_x", "~", "a/b", "a//b", "%", "%41"),
    *("a?b=c#d", "+49 170 1", "\U0001f642" * (LONGEST_KEY // 4), "k" * LONGEST_KEY),
]
# Nobody can write them into a path, or the store does not take them.
NO_KEYS = ["", "\n", "a\x00", "a\x7f", "\ud800", "k" * (LONGEST_KEY + 1), "\u00e9" * LONGEST_KEY]
ROUTE = parse_route("view", "views/{view}/{key}", ["GET"])


def carried(path: str) -> dict[str, str]:
    """Give the parameters of a path as the host hands them over."""
    found = find([ROUTE], "GET", decoded(path).removeprefix("/api/"))
    assert found
    return found[1]


async def written(application: Application, key: str, streams: int = 1) -> None:
    for number in range(streams):
        at = RowKey("customers", key, f"order-{number:03}")
        await rows_of(application).write(Row(at, 1, {"total": number}), None)


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key[:20])
async def test_a_row_is_found_under_whatever_key_it_has(key: str, application: Application) -> None:
    await written(application, key)
    route = carried(f"/api/views/customers/{quote(key, safe='')}")

    answer = await get_view(get("views", view=route["view"], key=route["key"]), application)

    body = told(answer)
    assert (answer.status_code, body["key"], len(body["rows"])) == (200, key, 1)
    assert carried(body["self"]) == route


async def test_its_pages_lead_on(application: Application) -> None:
    await written(application, "a/b c", ROWS + 1)
    first = told(await get_view(get("views", view="customers", key="a%2Fb c"), application))
    path, query = urlsplit(first["next"])[2:4]
    params: dict[str, str] = dict(parse_qsl(query))

    rest = told(
        await get_view(
            get("views", params, view="customers", key=carried(path)["key"]), application
        )
    )

    assert (len(first["rows"]), len(rest["rows"])) == (ROWS, 1)


@pytest.mark.parametrize("key", NO_KEYS, ids=lambda key: ascii(key)[:20])
async def test_what_cannot_be_a_key_is_malformed(key: str, application: Application) -> None:
    answer = await get_view(get("views", view="customers", key=key), application)

    assert (answer.status_code, told(answer)["code"]) == (400, "malformed")
