"""The master key signature of a request, or the token of an identity.

Cosmos DB REST, "Access control on Azure Cosmos DB resources".
"""

import base64
import hashlib
import hmac
import time
from email.utils import formatdate, parsedate_to_datetime
from functools import cache
from urllib.parse import unquote

from aiohttp import web

from emulators.cosmos import words
from emulators.cosmos.errors import CosmosError
from emulators.cosmos.request import Resource, is_query

# The key that the official emulators publish.
KEY = "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw=="
IDENTITY = "type=aad&ver=1.0&sig="
FURTHEST = 15 * 60
NOT_FOR_IDENTITIES = 5300


def authorize(request: web.Request, asked: Resource, token: str | None) -> None:
    """Raise 401 or 403 unless whoever asks may do what is asked."""
    shown = unquote(request.headers.get("authorization", ""))
    if shown.startswith(IDENTITY) and _is_known(shown.removeprefix(IDENTITY), token):
        _check_identity(request, asked)
        return
    if not shown:
        raise CosmosError(401, words.NO_AUTHORIZATION)
    date = request.headers.get("x-ms-date", "")
    if not date:
        raise CosmosError(401, words.NO_DATE)
    # By its resource ids, a link is signed as the last of them, in lower case.
    links = (asked.link, asked.link.rpartition("/")[2].lower())
    payloads = [_payload(request.method, asked.type, link, date) for link in links]
    if not any(hmac.compare_digest(shown.encode(), _signed(one).encode()) for one in payloads):
        raise CosmosError(401, words.wrong_signature(payloads[0].replace("\n", "\\n")))
    _check_date(date)


def _is_known(shown: str, token: str | None) -> bool:
    """Tell whether a token was agreed on, or is one that the official emulator takes: the key signs it."""
    signature = shown.rpartition(".")[2]
    signed = base64.urlsafe_b64encode(KEY.encode()).decode().rstrip("=")
    return shown == token or hmac.compare_digest(signature.encode(), signed.encode())


def _check_identity(request: web.Request, asked: Resource) -> None:
    """Raise 403 for what needs a key: identities read and write items, and read what holds them."""
    if (
        asked.whole_key
        or asked.type in {"docs", ""}
        or request.method == "GET"
        or is_query(request)
    ):
        return
    raise CosmosError(
        403,
        f"The given request [{request.method} {request.path}] cannot be authorized by AAD token in"
        " data plane. Learn more: https://aka.ms/cosmos-native-rbac.",
        substatus=NOT_FOR_IDENTITIES,
    )


def _check_date(date: str) -> None:
    try:
        said = parsedate_to_datetime(date)
    except ValueError:
        raise CosmosError(401, words.BAD_DATE) from None
    now = time.time()
    if abs(now - said.timestamp()) > FURTHEST:
        times = (said.timestamp(), said.timestamp() + FURTHEST, now)
        raise CosmosError(403, words.out_of_time(*(formatdate(one, usegmt=True) for one in times)))


def _payload(verb: str, type_: str, link: str, date: str) -> str:
    return f"{verb.lower()}\n{type_}\n{link}\n{date.lower()}\n\n"


def _signed(payload: str) -> str:
    signature = hmac.digest(_key(), payload.encode("utf-8", "surrogateescape"), hashlib.sha256)
    return f"type=master&ver=1.0&sig={base64.b64encode(signature).decode()}"


@cache
def _key() -> bytes:
    return base64.b64decode(KEY)
