"""Claims-based security: checks the signature, or the token, that a client shows."""

import base64
import hashlib
import hmac
import time
from urllib.parse import parse_qs, quote_plus

from emulators.event_hubs.claims import WITHOUT_END, Path, path_of

# Published with the Event Hubs emulator; there is no secret here.
KEY_NAME = "RootManageSharedAccessKey"
KEY = "SAS_KEY_VALUE"
SIGNATURE = "servicebus.windows.net:sastoken"
IDENTITY = "jwt"

_PREFIX = "SharedAccessSignature "


def read_token(shown: str, identity: str | None) -> tuple[Path, float] | None:
    """Return what a token opens and until when, or None when it is not good."""
    if shown.startswith(_PREFIX):
        return _read_signature(shown.removeprefix(_PREFIX))
    return ((), WITHOUT_END) if identity is not None and shown == identity else None


def check_plain(response: bytes) -> bool:
    """Tell whether an answer to SASL PLAIN has the key: who it is for, NUL, name, NUL, key."""
    _, _, shown = response.partition(b"\0")
    return hmac.compare_digest(shown, f"{KEY_NAME}\0{KEY}".encode())


def _read_signature(text: str) -> tuple[Path, float] | None:
    fields = {name: values[0] for name, values in parse_qs(text).items()}
    if not fields.keys() >= {"sr", "sig", "se", "skn"} or fields["skn"] != KEY_NAME:
        return None
    signed = f"{quote_plus(fields['sr'])}\n{fields['se']}"
    digest = hmac.new(KEY.encode(), signed.encode(), hashlib.sha256).digest()
    good = hmac.compare_digest(base64.b64encode(digest).decode(), fields["sig"])
    if not good or not fields["se"].isdecimal() or int(fields["se"]) < time.time():
        return None
    return path_of(fields["sr"]), float(fields["se"])
