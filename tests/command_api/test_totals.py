"""How many rows a list has: counted for who asks for it, and told as applied."""

from dataclasses import replace
from typing import Any

import pytest

from command_api.composition import Application
from command_api.openapi import document
from shared.adapters.identity.actor import Actors
from shared.adapters.memory import MemoryRows
from shared.domain.shop import domain
from shared.kernel.errors import StoreUnavailable
from shared.kernel.views.listing import Listing
from shared.kernel.views.view import Row, RowKey
from tests.command_api.calls import assembled, get, list_view, rows_of, told
from tests.kernel.lending import lending, loans

COUNTED = "count=exact"


async def stocked(application: Application, *available: int) -> Application:
    for number, pieces in enumerate(available):
        at = RowKey("stock", f"SKU{number}", f"item-SKU{number}")
        row = Row(at, 1, {"name": "", "available": pieces})
        await rows_of(application).write(row, None)
    return application


async def listed(
    application: Application, prefer: str, by: str | None = None, view: str = "stock", **params: str
) -> tuple[dict[str, Any], str | None]:
    """Ask for a page, and give the body and what was applied."""
    asked = get("views", params, by, view=view)
    asked.headers.__http_headers__["prefer"] = prefer
    answer = await list_view(asked, application)
    return told(answer), answer.headers.get("Preference-Applied")


@pytest.mark.parametrize(
    ("params", "total"),
    [
        ({}, 5),
        ({"limit": "2"}, 5),
        ({"limit": "2", "sort": "-available"}, 5),
        ({"available.from": "2"}, 3),
        ({"available": "9"}, 0),
    ],
)
async def test_a_list_that_is_counted_tells_how_many_rows_all_of_its_pages_have(
    params: dict[str, str], total: int, application: Application
) -> None:
    await stocked(application, 0, 1, 2, 3, 4)

    page, applied = await listed(application, COUNTED, **params)

    assert (page["total"], applied) == (total, COUNTED)


async def test_every_page_tells_the_same(application: Application) -> None:
    await stocked(application, 0, 1, 2)
    first, _ = await listed(application, COUNTED, limit="2")
    after = first["next"].rpartition("after=")[2].replace("%3D", "=")

    second, _ = await listed(application, COUNTED, limit="2", after=after)

    assert [row["key"] for row in second["rows"]] == ["SKU2"]
    assert (first["total"], second["total"]) == (3, 3)


@pytest.mark.parametrize("prefer", ["", "count", "count=planned", "wait=3, x-count=exact"])
async def test_nobody_pays_for_a_total_without_having_asked_for_it(
    prefer: str, application: Application
) -> None:
    class Dear(MemoryRows):
        async def count(self, listing: Listing) -> int:
            raise AssertionError(f"{listing.view} is counted")

    page, applied = await listed(replace(application, rows=Dear()), prefer)

    assert "total" not in page
    assert applied is None


async def test_what_may_not_be_read_is_in_no_total() -> None:
    views = (replace(loans, may_read=lambda actor: {"by": actor or ""}),)
    library = replace(assembled(replace(lending, views=views)), actors=Actors(signs_in=True))
    for book, reader in (("emma", "ann"), ("faust", "bob"), ("medea", "ann")):
        row = Row(RowKey("loans", book, f"book-{book}"), 1, {"status": "lent", "by": reader})
        await rows_of(library).write(row, None)

    page, _ = await listed(library, COUNTED, "ann", "loans", limit="1")

    assert page["total"] == 2


async def test_rows_that_cannot_be_counted_are_a_problem(application: Application) -> None:
    class Silent(MemoryRows):
        async def count(self, listing: Listing) -> int:
            raise StoreUnavailable(f"no answer to {listing.view}")

    problem, applied = await listed(replace(application, rows=Silent()), COUNTED)

    assert (problem["code"], applied) == ("unavailable", None)


def test_clients_are_told_of_totals() -> None:
    described = document(domain)
    listing = described["paths"]["/api/views/stock"]["get"]
    (prefer,) = [one for one in listing["parameters"] if one["name"] == "Prefer"]
    assert COUNTED in prefer["description"]

    schema = described["components"]["schemas"]["stock.List"]
    assert schema["properties"]["total"] == {"type": "integer", "minimum": 0}
    assert "total" not in schema["required"]
