"""What a client accepts: by quality, JSON first where all is equal, 406 where nothing fits."""

import pytest

from shared.adapters.http.negotiation import JSON, TEXT, chosen
from shared.adapters.http.problems import Problem
from tests.roles.wired import Wired, stocked

LIKED = {
    "": JSON,
    "*/*": JSON,
    "application/json, text/plain, */*": JSON,
    "text/plain, application/json": JSON,
    "text/plain, */*": JSON,
    "text/*, application/*": JSON,
    "text/plain": TEXT,
    "text/plain;q=0.5": TEXT,
    "TEXT/PLAIN": TEXT,
    "text/*": TEXT,
    "text/plain; charset=utf-8": TEXT,
    "application/json; charset=UTF-8": JSON,
    "text/plain, application/json;q=0.9": TEXT,
    "text/plain;q=0.2, */*;q=0.1": TEXT,
    "text/plain;q=0.1, */*;q=0.2": JSON,
    "application/json;q=0, */*": TEXT,
    "text/*;q=0.3, text/plain;q=0.1, application/*;q=0.2": JSON,
    "image/png, text/plain;q=0.001": TEXT,
    "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8": JSON,
    "garbage": JSON,
    "application/json;q=2, text/plain": TEXT,
}
NOTHING = [
    "text/html",
    "image/*",
    "application/xml;q=0.9",
    "application/problem+json",
    "application/json;q=0",
    "*/*;q=0",
    "text/plain;q=0, application/json;q=0.0",
    "application/json;version=2",
    "text/csv, text/xml",
    "application/json5",
]


@pytest.mark.parametrize("accept", LIKED)
def test_the_best_offer_is_chosen(accept: str) -> None:
    assert chosen(accept or None, (JSON, TEXT)) == LIKED[accept]


@pytest.mark.parametrize("accept", NOTHING)
def test_where_nothing_fits_it_is_said(accept: str) -> None:
    with pytest.raises(Problem, match="not-acceptable"):
        chosen(accept, (JSON, TEXT))


@pytest.mark.parametrize("accept", ["text/plain", *NOTHING])
async def test_a_command_that_cannot_be_answered_is_not_carried_out(
    wired: Wired, accept: str
) -> None:
    body = {"name": "Tea", "reorderPoint": 1}

    status, told = await wired.command("item/TEA/register-item", body, Accept=accept)

    assert (status, told["code"]) == (406, "not-acceptable")
    assert wired.store.written == []


@pytest.mark.parametrize("function", ["health", "webhook"])
@pytest.mark.parametrize("accept", NOTHING)
async def test_who_looks_at_the_status_alone_is_not_asked(
    wired: Wired, function: str, accept: str
) -> None:
    body: list[object] | None = None if function == "health" else []

    assert (await wired.ask(function, body, headers={"Accept": accept}))[0] == 200


async def test_the_tree_is_drawn_for_who_likes_text_better(wired: Wired) -> None:
    await stocked(wired)
    for accept in filter("/".__contains__, LIKED):
        answer = await wired.call("causes", headers={"Accept": accept}, stream="item-TEA")

        assert answer.mimetype == LIKED[accept]
        assert answer.headers["Vary"] == "Accept, Origin, Prefer"
