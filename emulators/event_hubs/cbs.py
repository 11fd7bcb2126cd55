"""Claims-based security: checks the signature, or the token, that a client puts on its connection."""

import base64
import hashlib
import hmac
import time
from urllib.parse import parse_qs, quote_plus, urlsplit

# Published with the Event Hubs emulator; there is no secret here.
KEY_NAME = "RootManageSharedAccessKey"
KEY = "SAS_KEY_VALUE"
SIGNATURE = "servicebus.windows.net:sastoken"
IDENTITY = "jwt"

_PREFIX = "SharedAccessSignature "


def check_signature(token: str) -> str | None:
    """Give the hub that a signature opens, in lower case, or None when it is not good."""
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
    return _hub(fields["sr"])


def check_identity(token: str, shown: str, audience: str) -> str | None:
    """Give the hub that an identity opens by showing the token, or None when it shows another."""
    return _hub(audience) if shown == token else None


def _hub(audience: str) -> str:
    return urlsplit(audience).path.strip("/").lower().partition("/")[0]
