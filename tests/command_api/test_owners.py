"""Rows without an owner, where nobody is known; and streams that had another owner once."""

from dataclasses import replace
from typing import Any

from shared.adapters.identity.actor import PRINCIPAL, Actors
from shared.kernel.views.view import Row, RowKey
from tests.command_api.calls import (
    assembled,
    get,
    get_stream,
    get_view,
    list_view,
    post,
    post_command,
    rows_of,
)
from tests.kernel.lending import lending, loans


def mine(actor: str | None) -> Any:
    """Give whoever asks what is theirs, carelessly: nobody is `None`, and so is what is missing."""
    return {"by": actor}


async def test_what_has_no_owner_is_not_theirs_whom_nobody_knows() -> None:
    domain = replace(lending, views=(replace(loans, may_read=mine),))
    library = replace(assembled(domain), actors=Actors(signs_in=True))
    row = Row(RowKey("loans", "emma", "book-emma"), 1, {"status": "lent"})
    assert await rows_of(library).write(row, None)

    asked = get("views", view="loans", key="emma"), get("views", view="loans")
    answers = await get_view(asked[0], library), await list_view(asked[1], library)

    assert [one.status_code for one in answers] == [403, 403]
    hers = await get_view(get("views", by="ann", view="loans", key="emma"), library)
    assert hers.status_code == 404


async def test_a_condition_on_what_no_row_has_is_a_fault_and_no_empty_list() -> None:
    """What is returned to one actor alone is no mistake that the start could find."""

    def careless(actor: str | None) -> bool | dict[str, str]:
        return {"owner": "ann"} if actor == "ann" else False

    library = assembled(replace(lending, views=(replace(loans, may_read=careless),)))
    library = replace(library, actors=Actors(signs_in=True))

    answer = await list_view(get("views", by="ann", view="loans"), library)

    assert answer.status_code == 503


async def test_who_may_read_a_stream_now_reads_what_it_was_and_who_may_no_more_does_not() -> None:
    book = replace(lending.categories[0], may_read=lambda actor, state: state.by == actor)
    domain = replace(lending, categories=(book,), views=(replace(loans, category=book),))
    library = replace(assembled(domain), actors=Actors(signs_in=True))
    for by, command in (("ann", "borrow"), ("ann", "give-back"), ("bob", "borrow")):
        asked = post(command, {}, "emma", "book", **{PRINCIPAL: by})
        assert (await post_command(asked, library)).status_code == 200

    for by, status in (("ann", 403), ("bob", 200)):
        was = get("streams", {"at": "1"}, by=by, stream="book-emma")
        assert (await get_stream(was, library)).status_code == status
