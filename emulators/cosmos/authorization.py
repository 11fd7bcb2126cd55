"""The master key signature of a request, or the token of an identity.

Cosmos DB REST, "Access control on Azure Cosmos DB resources".
"""

import base64
import hashlib
import hmac
import time
from email.utils import parsedate_to_datetime
from functools import cache
from urllib.parse import unquote

from aiohttp import web

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
    date = request.headers.get("x-ms-date", "")
    # By its resource ids, a link is signed as the last of them, in lower case.
    links = (asked.link, asked.link.rpartition("/")[2].lower())
    expected = (_expected(request.method.lower(), asked.type, link, date.lower()) for link in links)
    if not any(hmac.compare_digest(shown.encode(), one.encode()) for one in expected):
        raise CosmosError(
            401,
            "The input authorization token can't serve the request. Please check that the expected"
            " payload is built as per the protocol, and check the key being used.",
        )
    _check_date(date)


def _is_known(shown: str, token: str | None) -> bool:
    """Tell whether a token was agreed on, or is one that the official emulator takes: the key signs it."""
    signature = shown.rpartition(".")[2]
    signed = base64.urlsafe_b64encode(KEY.encode()).decode().rstrip("=")
    return shown == token or hmac.compare_digest(signature.encode(), signed.encode())


def _check_identity(request: web.Request, asked: Resource) -> None:
    """Raise 403 for what needs a key: identities read and write items, and read what holds them."""
    if asked.type in {"docs", ""} or request.method == "GET" or is_query(request):
        return
    raise CosmosError(
        403,
        f"The given request [{request.method} {request.path}] cannot be authorized by AAD token in"
        " data plane. Learn more: https://aka.ms/cosmos-native-rbac.",
        substatus=NOT_FOR_IDENTITIES,
    )


def _check_date(date: str) -> None:
    try:
        said = parsedate_to_datetime(date).timestamp()
    except ValueError:
        raise CosmosError(401, "The header x-ms-date is not a date.") from None
    if abs(time.time() - said) > FURTHEST:
        raise CosmosError(
            403,
            "The authorization token is not valid at the current time. Please create another token"
            " and retry.",
        )


def _expected(verb: str, type_: str, link: str, date: str) -> str:
    text = f"{verb}\n{type_}\n{link}\n{date}\n\n"
    signed = base64.b64encode(
        hmac.digest(_key(), text.encode("utf-8", "surrogateescape"), hashlib.sha256)
    )
    return f"type=master&ver=1.0&sig={signed.decode()}"


@cache
def _key() -> bytes:
    return base64.b64decode(KEY)
