"""Who may: a category allows commands, and says with its views who reads what; nobody else is told of it."""

from dataclasses import replace
from typing import Any

import azure.functions as func
import pytest

from command_api.composition import Application
from command_api.openapi import document
from consumers.mailbox import Mailbox
from consumers.projections import Projections
from shared.adapters.identity.actor import PRINCIPAL, Actors
from shared.adapters.memory import (
    MemoryEventStore,
    MemoryLog,
    MemoryOutcomes,
    MemoryParking,
    MemoryRows,
)
from shared.domain.shop import domain as shop
from shared.kernel.messages.envelope import encode_all
from shared.kernel.ports import ROWS, Log
from tests.command_api.calls import (
    assembled,
    get,
    get_causes,
    get_outcome,
    get_stream,
    get_view,
    list_view,
    now,
    post,
    post_command,
    told,
)
from tests.kernel.asking import no_pause
from tests.kernel.lending import LIBRARIAN, lending

FORBIDDEN = (403, "forbidden")


@pytest.fixture
def library() -> Application:
    return replace(assembled(lending), actors=Actors(signs_in=True))


async def asks(
    library: Application, by: str | None, command: str, book: str = "emma", **headers: str
) -> func.HttpResponse:
    who = {PRINCIPAL: by} if by else {}
    request = post(command, {}, book, "book", **who, **headers)
    return await post_command(request, library)


def what(response: func.HttpResponse) -> tuple[int, Any]:
    return response.status_code, told(response).get("code")


async def shown(library: Application) -> None:
    """Bring the rows of the views up to date."""
    log = MemoryLog(partitions=4)

    async def give_log() -> Log:
        return log

    store, rows = library.store, library.rows
    assert isinstance(store, MemoryEventStore)
    assert isinstance(rows, MemoryRows)
    projections = Projections(lending.views, rows, store, MemoryParking(), give_log, now)
    await projections.project([one for commit in store.written for one in encode_all(commit)])


async def test_who_may_not_is_told_so_and_nothing_is_written(library: Application) -> None:
    assert (await asks(library, "ann", "borrow")).status_code == 200

    assert what(await asks(library, "bob", "give-back")) == FORBIDDEN
    assert what(await asks(library, None, "give-back")) == FORBIDDEN

    page = told(await get_stream(get("streams", by="ann", stream="book-emma"), library))
    assert [one["metadata"]["actor"] for one in page["commits"]] == ["ann"]
    assert (await asks(library, LIBRARIAN, "give-back")).status_code == 200


async def test_a_command_that_waited_is_forbidden_when_it_is_handled(library: Application) -> None:
    await asks(library, "ann", "borrow")
    waiting = {"Prefer": "respond-async", "Idempotency_Key": "k2"}
    queued = told(await asks(library, "bob", "give-back", **waiting))

    mailbox, outcomes = await library.mailbox(), library.outcomes
    assert isinstance(mailbox, MemoryLog)
    assert isinstance(outcomes, MemoryOutcomes)
    durable = Mailbox(lending, library.dispatcher, outcomes, MemoryParking(), now, no_pause)
    for messages in mailbox.messages:
        await durable.handle(messages)

    params = {"command-id": "k2", "digest": queued["status"].partition("digest=")[2]}
    status = told(await get_outcome(get("s", params, by="bob", stream="book-emma"), library))
    assert (status["outcome"], status["code"]) == ("refused", "forbidden")
    # Of the outcome, only who asked is told, and who may read the stream.
    cid = get("s", params, by="cid", stream="book-emma")
    assert what(await get_outcome(cid, library)) == FORBIDDEN
    ann = get("s", params, by="ann", stream="book-emma")
    assert (await get_outcome(ann, library)).status_code == 200


async def test_what_a_command_came_to_is_told_to_its_actor_who_may_no_more_read(
    library: Application,
) -> None:
    await asks(library, "ann", "borrow", Idempotency_Key="k1")
    await asks(library, "ann", "give-back")
    params = {"command-id": "k1"}

    for by, status in (("ann", 200), ("bob", 403), (None, 403), (LIBRARIAN, 200)):
        asked = get("s", params, by=by, stream="book-emma")
        assert (await get_outcome(asked, library)).status_code == status


async def test_a_stream_is_shown_to_those_who_may_read_it(library: Application) -> None:
    await asks(library, "ann", "borrow")

    for by, status in (("ann", 200), ("bob", 403), (None, 403), (LIBRARIAN, 200)):
        for params in ({}, {"at": "1"}, {"after": "7"}):
            asked = get("streams", params, by=by, stream="book-emma")
            assert (await get_stream(asked, library)).status_code == status
        asked = get("streams", by=by, stream="book-emma")
        assert (await get_causes(asked, library)).status_code == status
    # Whether there is anything is not told either.
    assert what(await get_stream(get("s", by="bob", stream="book-none"), library)) == FORBIDDEN


async def test_causes_say_who_asked(library: Application) -> None:
    await asks(library, "ann", "borrow")

    tree = told(await get_causes(get("s", by="ann", stream="book-emma"), library))

    assert tree["actor"] == "ann"


async def loans_of(
    library: Application, who: str | None, **params: str
) -> tuple[list[str], str | None]:
    page = told(await list_view(get("views", params, by=who, view="loans"), library))
    return [row["key"] for row in page["rows"]], page.get("next")


async def test_a_list_holds_what_may_be_read_and_its_pages_tell_of_nothing_else(
    library: Application,
) -> None:
    lent = {"a1": "ann", "b1": "bob", "a2": "ann", "b2": "bob", "b3": "bob"}
    for book, by in lent.items():
        await asks(library, by, "borrow", book)
    await shown(library)

    assert await loans_of(library, "ann") == (["a1", "a2"], None)
    assert (await loans_of(library, LIBRARIAN))[0] == sorted(lent)
    assert await loans_of(library, "cid") == ([], None)
    # A filter finds out nothing about the rows of others.
    assert await loans_of(library, "cid", status="lent", limit="1") == ([], None)
    assert await loans_of(library, "ann", by="bob", limit="1") == ([], None)
    assert (await loans_of(library, "ann", limit="2", sort="status"))[0] == ["a1", "a2"]
    assert what(await list_view(get("views", view="loans"), library)) == FORBIDDEN


async def test_a_row_that_may_not_be_read_is_as_if_it_were_not_there(library: Application) -> None:
    await asks(library, "ann", "borrow")
    await shown(library)
    seen = {"at-least": "1"}
    of_it = {"at-least": "book-emma@1"}

    for params in ({}, seen, of_it):
        asked = get("views", params, by="ann", view="loans", key="emma")
        assert (await get_view(asked, library)).status_code == 200
    assert what(await get_view(get("v", by="bob", view="loans", key="emma"), library)) == (
        404,
        "not-found",
    )
    assert what(await get_view(get("v", view="loans", key="emma"), library)) == FORBIDDEN
    for params in (seen, of_it):
        # Whoever waits for it sees nothing come.
        asked = get("v", params, by="bob", view="loans", key="emma")
        hasty = func.HttpRequest(
            method="GET",
            url=asked.url,
            headers={PRINCIPAL: "bob", "Prefer": "wait=0"},
            params=params,
            route_params={"view": "loans", "key": "emma"},
            body=b"",
        )
        answer = await get_view(hasty, library)
        assert (answer.status_code, told(answer)["rows"]) == (202, [])


async def test_the_rows_of_a_key_fill_a_page_though_others_stand_between_them(
    library: Application,
) -> None:
    rows = library.rows
    assert isinstance(rows, MemoryRows)
    await asks(library, "ann", "borrow")
    await shown(library)
    (row,) = rows.all()
    for number in range(3 * ROWS):
        by = "bob" if number % 2 else "ann"
        at = replace(row.at, stream=f"book-{number:03}")
        await rows.write(replace(row, at=at, data={**row.data, "by": by}), None)

    page = told(await get_view(get("v", by="bob", view="loans", key="emma"), library))
    assert len(page["rows"]) == ROWS
    assert {one["data"]["by"] for one in page["rows"]} == {"bob"}
    after = {"after": page["next"].partition("after=")[2]}
    rest = told(await get_view(get("v", after, by="bob", view="loans", key="emma"), library))
    assert len(rest["rows"]) == ROWS // 2
    assert "next" not in rest


def test_the_document_says_where_somebody_may_be_refused() -> None:
    def statuses(path: str, method: str, of: dict[str, Any]) -> set[str]:
        return {"401", "403"} & set(of["paths"][path][method]["responses"])

    kept, free = document(lending), document(shop)

    both = {"401", "403"}
    assert statuses("/api/book/{id}/borrow", "post", kept) == both
    for path in ("views/loans", "views/loans/{key}", "streams/{stream}", "streams/{stream}/causes"):
        assert statuses(f"/api/{path}", "get", kept) == both
    assert statuses("/api/streams/{stream}/outcome", "get", kept) == both
    assert statuses("/api/order/{id}/place-order", "post", free) == {"401"}
    assert statuses("/api/views/orders", "get", free) == {"401"}
    assert statuses("/api/streams/{stream}", "get", free) == {"401"}
    assert statuses("/api/health", "get", kept) == set()


async def test_what_an_actor_may_read_is_asked_for_again(library: Application) -> None:
    for number in range(101):
        await asks(library, "ann", "borrow" if number == 0 else "add-note")

    page = await get_stream(get("streams", by="ann", stream="book-emma"), library)

    assert "next" in page.headers["Link"]
    # Whoever comes next with the same browser may be somebody else.
    assert "immutable" not in page.headers.get("Cache-Control", "")
