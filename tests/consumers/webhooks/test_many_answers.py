"""Ten of each kind of delivery that is refused: its status whatever the reason, and no effect."""

import json
from dataclasses import replace

import azure.functions as func
import pytest

from consumers.webhooks.endpoint import LARGEST, MOST_EVENTS
from shared.kernel.errors import OnewriteError, StoreThrottled, StoreUnavailable
from tests.consumers.webhooks.test_answers import world
from tests.consumers.webhooks.worlds import CARRIER, Struggling, cloud, delivery, grid

OLD = "com.example.old"
STRUCTURED = "application/cloudevents+json"
BINARY = {"ce_specversion": "1.0", "ce_id": "1", "ce_source": "/carriers/fast", "ce_type": OLD}


def typed(content: object, declared: str) -> func.HttpRequest:
    return delivery(content, Content_Type=declared)


def without(name: str) -> dict[str, object]:
    return {member: value for member, value in cloud().items() if member != name}


REFUSED: dict[int, list[func.HttpRequest]] = {
    400: [
        *(delivery(text) for text in (b"", b"{", b"[", b"nul", b'"text"', b"1", b"NaN", b"[{}]")),
        *(delivery(without(name)) for name in ("id", "source", "type")),
        *(delivery({**cloud(), name: 7}) for name in ("id", "source", "type", "dataschema")),
        *(typed([cloud()], STRUCTURED), delivery([cloud(), "text"]), delivery([cloud(), None])),
        *(delivery(b"{}", **{**BINARY, "ce_id": text}) for text in ("%", "%ff", "a%2", "")),
    ],
    401: [
        *(
            delivery(cloud(), secret=one)
            for one in (None, "", "another", "é", "the secret", "x" * 999)
        ),
        *(
            delivery(cloud(), None, Authorization=one)
            for one in ("", "Bearer", "Bearer x", "Basic eA==")
        ),
        delivery(b"no json", secret=None),
    ],
    403: [
        *(
            delivery(cloud(source=one))
            for one in ("/", "/elsewhere", "/carriers", "carriers/a", "urn:a")
        ),
        *(delivery(cloud(type_=one)) for one in ("com.example", "t", "COM.EXAMPLE.OTHER")),
        *(
            delivery([cloud(), cloud("p2", source="/x")]),
            delivery([cloud(source="/x"), cloud("p2")]),
        ),
    ],
    410: [
        *(delivery(cloud(type_=OLD)), delivery([cloud(type_=OLD)])),
        *(
            delivery([cloud(f"p{n}", OLD) for n in range(many)])
            for many in (2, 3, 5, 50, MOST_EVENTS)
        ),
        *(typed(cloud(type_=OLD), STRUCTURED), delivery(b"", **BINARY)),
        delivery(b"x", Content_Type="text/plain", **BINARY),
    ],
    411: [
        *(
            delivery(b"", Transfer_Encoding=one)
            for one in ("chunked", "Chunked", "gzip, chunked", "")
        ),
        *(
            delivery(b"", Transfer_Encoding="chunked", Content_Type=one)
            for one in (STRUCTURED, "text/plain")
        ),
        *(delivery(b"", secret, Transfer_Encoding="chunked") for secret in (None, "wrong")),
        delivery(b"", Transfer_Encoding="chunked", **BINARY),
        delivery(b"", Transfer_Encoding="chunked", Content_Encoding="gzip"),
    ],
    413: [
        *(delivery(b" " * (LARGEST + more)) for more in (1, 2, 1_000)),
        *(delivery([cloud(f"p{n}") for n in range(MOST_EVENTS + more)]) for more in (1, 2, 50)),
        *(delivery(b" " * (LARGEST + 1), secret) for secret in (None, "wrong")),
        delivery(b" " * (LARGEST + 1), **BINARY),
        typed(b" " * (LARGEST + 1), "text/plain"),
    ],
    415: [
        *(
            delivery(cloud(), Content_Encoding=one)
            for one in ("gzip", "br", "deflate", "GZIP", "x, y")
        ),
        *(
            typed(cloud(), one)
            for one in ("", "text/plain", "text/json", "application/xml", "json")
        ),
        *(typed(cloud(), f"{STRUCTURED}; charset={one}") for one in ("utf-16", "latin-1", "x")),
    ],
}


AWAY = (StoreUnavailable("gone"), StoreThrottled("later"))
TAKEN = [
    *(delivery(cloud()), delivery([cloud(), cloud("p2")]), typed(cloud(), STRUCTURED)),
    *(typed([cloud()], "application/cloudevents-batch+json"), delivery([grid()])),
    delivery(cloud()["data"], **{**BINARY, "ce_type": CARRIER}),
]
CASES = [(status, one) for status, asked in REFUSED.items() for one in asked]


def test_there_are_ten_of_each() -> None:
    assert min(map(len, REFUSED.values())) >= 10


@pytest.mark.parametrize(("status", "asked"), CASES)
async def test_whatever_the_reason_the_status_is_that_of_the_table(
    status: int, asked: func.HttpRequest
) -> None:
    here = world()

    answer = await here.receiver.receive(asked)

    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert json.loads(answer.get_body())["status"] == status
    assert ("WWW-Authenticate" in answer.headers) == (status == 401)
    assert (here.effects(), await here.parked()) == ([], [])


@pytest.mark.parametrize("fault", AWAY, ids=lambda fault: type(fault).__name__)
@pytest.mark.parametrize("asked", TAKEN)
async def test_whatever_comes_while_the_store_is_away_is_to_come_again(
    asked: func.HttpRequest, fault: OnewriteError
) -> None:
    store = Struggling()
    store.fault = fault
    here = replace(world(), store=store)

    answer = await here.receiver.receive(asked)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert (here.effects(), await here.parked()) == ([], [])
