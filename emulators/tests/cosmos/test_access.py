"""Who may do what, how fresh a signature and how far ahead a session may be."""

import base64
import re
from datetime import timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest

from emulators.cosmos import words
from emulators.cosmos.authorization import KEY
from emulators.tests.cosmos.conftest import account
from emulators.tests.cosmos.rest import DOCS, PK, Answer, Rest, create, key, make, rest

IDENTITY = "identity"


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/dbs/d", None, 200),
        ("GET", "/dbs/d/colls/c", None, 200),
        ("GET", "/dbs/d/colls/c/pkranges", None, 200),
        ("POST", DOCS, {"id": "1", "pk": "p"}, 201),
        ("POST", "/dbs", {"id": "e"}, 403),
        ("DELETE", "/dbs/d", None, 403),
        ("POST", "/dbs/d/colls", {"id": "e", "partitionKey": PK}, 403),
        ("PUT", "/dbs/d/colls/c", {"id": "c", "partitionKey": PK}, 403),
        ("DELETE", "/dbs/d/colls/c", None, 403),
    ],
)
async def test_an_identity_may_do_data_only(
    method: str, path: str, body: Any, status: int, tmp_path: Path
) -> None:
    async with account(tmp_path, token=IDENTITY) as cosmos, rest(cosmos.port) as client:
        await client.ask("POST", "/dbs", {"id": "d"})
        await make(client)
        shown = {"authorization": f"type%3Daad%26ver%3D1.0%26sig%3D{IDENTITY}"}

        answer = await client.ask(method, path, body, headers={**shown, **key("p")})

    assert answer.status == status
    if status == 403:
        assert answer.substatus == 5300
        assert "cannot be authorized by AAD token in data plane" in answer.message


async def test_the_token_of_the_official_emulator_opens_this_one(client: Rest) -> None:
    signature = base64.urlsafe_b64encode(KEY.encode()).decode().rstrip("=")

    async def ask(token: str) -> int:
        shown = {"authorization": f"type%3Daad%26ver%3D1.0%26sig%3D{token}"}
        return (await client.ask("GET", "/dbs/d", headers=shown)).status

    assert [await ask(f"head.claims.{signature}"), await ask("head.claims.other")] == [200, 401]


@pytest.mark.parametrize("minutes", [-20, 20])
async def test_a_signature_holds_for_a_quarter_of_an_hour(minutes: int, client: Rest) -> None:
    answer = await client.ask("GET", "/dbs/d", late=timedelta(minutes=minutes))

    assert answer.status == 403
    assert "not valid at the current time" in answer.message


@pytest.mark.parametrize("date", ["yesterday", ""])
async def test_what_is_no_date_is_no_signature(date: str, client: Rest) -> None:
    refused = await client.ask("GET", "/dbs/d", headers={"x-ms-date": date})

    # What is signed is looked at first: it is another date here.
    said = words.wrong_signature("get\\ndbs\\ndbs/d\\nyesterday\\n\\n") if date else words.NO_DATE
    assert (refused.status, refused.message) == (401, said)


async def test_a_read_may_not_ask_for_more_than_the_account_has(tmp_path: Path) -> None:
    async with account(tmp_path, level="Session") as cosmos, rest(cosmos.port) as client:
        await client.ask("POST", "/dbs", {"id": "d"})
        await make(client)
        await create(client, {"id": "1", "pk": "p"})

        async def read(**headers: str) -> Answer:
            named = {f"x-ms-{name.replace('_', '-')}": value for name, value in headers.items()}
            return await client.ask("GET", f"{DOCS}/1", headers={**key("p"), **named})

        strong = await read(consistency_level="Strong")
        unknown = await read(consistency_level="Certain")
        tokens = ",".join(f"{range_}:-1#99" for range_ in range(4))
        ahead = await read(session_token=tokens)
        malformed = await read(session_token="0:now")
        fine = await read(consistency_level="Eventual", session_token=tokens)

    assert (strong.status, unknown.status, malformed.status, fine.status) == (400, 400, 400, 200)
    assert "is not stronger than the service consistency level" in strong.message
    assert (ahead.status, ahead.substatus) == (404, 1002)


async def test_a_wrong_signature_is_told_what_to_sign(client: Rest) -> None:
    date = "Fri, 20 Jan 2017 03:43:55 GMT"
    shown = {"authorization": "type%3Dmaster%26ver%3D1.0%26sig%3Dx", "x-ms-date": date}

    refused = await client.ask("GET", "/dbs", headers=shown)

    assert refused.message == (
        "The input authorization token can't serve the request. Please check that the expected payload is"
        " built as per the protocol, and check the key being used. Server used the following payload to"
        r" sign: 'get\ndbs\n\nfri, 20 jan 2017 03:43:55 gmt\n\n'"
    )


async def test_an_old_signature_is_told_when_it_held(client: Rest) -> None:
    refused = await client.ask("GET", "/dbs/d", late=timedelta(hours=-1))

    found = re.fullmatch(
        r"The authorization token is not valid at the current time\. Please create another token and retry"
        r" \(token start time: (.+), token expiry time: (.+), current server time: (.+)\)\.",
        refused.message,
    )
    assert found
    start, end, now = map(parsedate_to_datetime, found.groups())
    assert end - start == timedelta(minutes=15)
    assert timedelta(hours=1) <= now - start < timedelta(hours=2)
