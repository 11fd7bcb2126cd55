"""The master key signature of a request, or the token of an identity.

Cosmos DB REST, "Access control on Azure Cosmos DB resources".
"""

import base64
import hashlib
import hmac
from functools import cache
from urllib.parse import unquote

from emulators.cosmos.errors import CosmosError

# The key that the official emulators publish.
KEY = "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw=="


def shows(authorization: str, token: str | None) -> bool:
    """Tell whether an identity shows the token, if there is one."""
    return token is not None and authorization == f"type=aad&ver=1.0&sig={token}"


def check(authorization: str, verb: str, type_: str, link: str, date: str) -> None:
    """Raise 401 unless the signature is right for this verb, resource type, link and date."""
    expected = f"type=master&ver=1.0&sig={_signature(verb.lower(), type_, link, date.lower())}"
    if not hmac.compare_digest(unquote(authorization), expected):
        raise CosmosError(401, "The authorization token is not right for this request.")


def _signature(verb: str, type_: str, link: str, date: str) -> str:
    text = f"{verb}\n{type_}\n{link}\n{date}\n\n"
    return base64.b64encode(hmac.digest(_key(), text.encode(), hashlib.sha256)).decode()


@cache
def _key() -> bytes:
    return base64.b64decode(KEY)
