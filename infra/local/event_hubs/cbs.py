"""Claims-based security: checks the shared access signature that a client puts on its connection."""

import base64
import hashlib
import hmac
import time
from urllib.parse import parse_qs, quote_plus, urlsplit

# Published with the Event Hubs emulator; there is no secret here.
KEY_NAME = "RootManageSharedAccessKey"
KEY = "SAS_KEY_VALUE"
TOKEN_TYPE = "servicebus.windows.net:sastoken"  # noqa: S105 - the name of a kind of token

_PREFIX = "SharedAccessSignature "


def check_token(token: str) -> str | None:
    """Give the hub that a token opens, in lower case, or None when the token is not good."""
    if not token.startswith(_PREFIX):
        return None
    fields = {name: values[0] for name, values in parse_qs(token.removeprefix(_PREFIX)).items()}
    if not fields.keys() >= {"sr", "sig", "se", "skn"} or fields["skn"] != KEY_NAME:
        return None
    signed = f"{quote_plus(fields['sr'])}\n{fields['se']}"
    digest = hmac.new(KEY.encode(), signed.encode(), hashlib.sha256).digest()
    good = hmac.compare_digest(base64.b64encode(digest).decode(), fields["sig"])
    if not good or int(fields["se"]) < time.time():
        return None
    return urlsplit(fields["sr"]).path.strip("/").lower().partition("/")[0]
