"""A type of problem has one title, whoever tells of it (RFC 9457, section 3.1.3); the rest is in its detail."""

import json
from collections.abc import Sequence

import azure.functions as func
import pytest

from shared.adapters.http.answering import answered, later
from shared.adapters.http.conditions import conditional
from shared.adapters.http.problems import (
    Problem,
    not_admitted,
    outdated,
    too_large,
    unauthenticated,
    unexpected_handshake,
    unsupported_media_type,
)
from shared.adapters.identity.actor import token_wanted
from shared.kernel.errors import (
    KeysUnavailable,
    LogUnavailable,
    NewerCode,
    OnewriteError,
    OutcomeUnknown,
    StoreThrottled,
    StoreUnavailable,
)


def changed() -> Problem:
    """What a query says whose condition is not met."""
    asked = func.HttpRequest("GET", "/", headers={"If-Match": '"x"'}, body=b"")
    with pytest.raises(Problem) as told:
        conditional(asked, func.HttpResponse("{}"))
    return told.value


SAME: dict[str, Sequence[Problem]] = {
    "unauthenticated": [unauthenticated(), token_wanted(""), token_wanted("error=x")],
    "not-admitted": [not_admitted(1), not_admitted(2), unexpected_handshake()],
    "precondition-failed": [outdated(1), outdated(2), changed()],
    "too-large": [too_large(1), too_large(1, "events")],
    "unsupported-media-type": [unsupported_media_type(), unsupported_media_type("x")],
}


@pytest.mark.parametrize("code", SAME)
def test_a_type_has_one_title(code: str) -> None:
    assert {one.code for one in SAME[code]} == {code}
    assert len({one.title for one in SAME[code]}) == 1
    assert len({one.status for one in SAME[code]}) == 1


@pytest.mark.parametrize(
    "error",
    [
        *(KeysUnavailable("x"), LogUnavailable("x"), NewerCode("x"), OutcomeUnknown("x")),
        *(StoreThrottled("x"), StoreUnavailable("x")),
    ],
    ids=lambda error: error.code,
)
async def test_a_sender_and_a_client_are_told_of_the_same(error: OnewriteError) -> None:
    async def failing() -> func.HttpResponse:
        raise error

    told = json.loads((await answered(failing())).get_body())

    assert (later(error).code, later(error).title) == (told["code"], told["title"])
