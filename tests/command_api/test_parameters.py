"""Parameters of queries: the platform's pass, and what is empty or stands twice is told."""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode

import azure.functions as func
import pytest

from command_api.composition import Application
from shared.adapters.http.answering import answered
from shared.adapters.http.parked_streams_endpoint import list_parked
from shared.adapters.http.queries import parameters
from shared.adapters.memory import MemoryParking
from tests.command_api import calls
from tests.command_api.calls import registered, told

QUERIES: dict[str, tuple[Callable[..., Awaitable[Any]], dict[str, str], str]] = {
    "a list": (calls.list_view, {"view": "stock"}, "limit=3"),
    "a key": (calls.get_view, {"view": "stock", "key": "SKU1"}, "at-least=0"),
    "a stream": (calls.get_stream, {"stream": "item-SKU1"}, "after=1"),
    "causes": (calls.get_causes, {"stream": "item-SKU1"}, "version=1"),
    "an outcome": (calls.get_outcome, {"stream": "item-SKU1"}, "command-id=receive"),
}
QUERY = pytest.mark.parametrize("query", QUERIES)


def asked(query: str, text: str) -> func.HttpRequest:
    """Ask as the host hands it over: parameters joined, whatever their case, and empty ones left out."""
    joined: dict[str, list[str]] = {}
    for name, value in parse_qsl(text):
        joined.setdefault(name, []).append(value)
    params = {name: ",".join(values) for name, values in joined.items()}
    url = f"http://host/api/x?{text}"
    return func.HttpRequest("GET", url, params=params, route_params=QUERIES[query][1], body=b"")


@QUERY
@pytest.mark.parametrize(
    "platforms",
    [
        {"code": "key"},
        {"CODE": "key"},
        {"clientId": "app"},
        {"clientid": "app"},
        {"code": "key==", "clientId": "default"},
        {"Code": "a,b"},
    ],
)
async def test_what_is_the_platforms_passes_everywhere(
    query: str, platforms: dict[str, str], application: Application
) -> None:
    await registered(application)
    handle, _, own = QUERIES[query]

    without = await handle(asked(query, own), application)
    beside = await handle(asked(query, f"{urlencode(platforms)}&{own}&code="), application)

    assert beside.get_body() == without.get_body()
    assert (beside.status_code, "code=" in beside.get_body().decode()) == (
        without.status_code,
        False,
    )


@QUERY
@pytest.mark.parametrize(
    "spoil",
    [
        lambda own: f"{own}&{own}",
        lambda own: f"{own}&{own.upper()}",
        lambda own: f"{own}&{own.partition('=')[0]}=",
        lambda own: f"{own.partition('=')[0]}=",
        lambda own: own.partition("=")[0],
        lambda own: f"code=k&{own}&x=1&{own}",
    ],
    ids=["twice", "in capitals", "empty the second time", "empty", "without =", "between others"],
)
async def test_what_stands_twice_or_is_empty_is_told_with_its_place(
    query: str, spoil: Callable[[str], str], application: Application
) -> None:
    await registered(application)
    handle, _, own = QUERIES[query]

    answer = await handle(asked(query, spoil(own)), application)

    assert answer.status_code == 400
    assert told(answer)["errors"][0]["pointer"].lower() == own.partition("=")[0]


@pytest.mark.parametrize(
    ("text", "status"), [("code=k", 200), ("after=", 400), ("after=a&after=b", 400)]
)
async def test_operators_are_told_as_well(text: str, status: int) -> None:
    async def ask() -> func.HttpResponse:
        return await list_parked(MemoryParking(), parameters(asked("a list", text)))

    assert (await answered(ask())).status_code == status
