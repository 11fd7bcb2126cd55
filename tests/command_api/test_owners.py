"""Rows without an owner: a view that compares with who asks, and nobody is known."""

from dataclasses import replace
from typing import Any

from shared.adapters.http.actor import Actors
from shared.kernel.views.view import Row, RowKey
from tests.command_api.calls import assembled, get, get_view, list_view, rows_of
from tests.kernel.lending import lending, loans


def mine(actor: str | None) -> Any:
    """Give whoever asks what is theirs, carelessly: nobody is `None`, and so is what is missing."""
    return {"owner": actor}


async def test_what_has_no_owner_is_not_theirs_whom_nobody_knows() -> None:
    domain = replace(lending, views=(replace(loans, may_read=mine),))
    library = replace(assembled(domain), actors=Actors(signs_in=True))
    row = Row(RowKey("loans", "emma", "book-emma"), 1, {"status": "lent", "by": "ann"})
    assert await rows_of(library).write(row, None)

    asked = get("views", view="loans", key="emma"), get("views", view="loans")
    answers = await get_view(asked[0], library), await list_view(asked[1], library)

    assert [one.status_code for one in answers] == [403, 403]
    hers = await get_view(get("views", by="ann", view="loans", key="emma"), library)
    assert hers.status_code == 404
