"""Who may publish: whoever shows the key of the topic, or a signature that it made."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final
from urllib.parse import parse_qs, urlsplit

from emulators.event_grid.errors import EventGridError, unsupported

# The same for every topic and everybody, and so no secret: "onewrite-local-event-grid-key-00" in Base64.
KEY: Final = "b25ld3JpdGUtbG9jYWwtZXZlbnQtZ3JpZC1rZXktMDA="
_DATES: Final = ("%m/%d/%Y %H:%M:%S %z", "%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %I:%M:%S %p %z")
"""How .NET, JavaScript and the shell write the end of a signature; Python writes ISO 8601."""


def check(headers: Mapping[str, str], path: str) -> None:
    """Raise 401 unless the headers have the key of the topic, or its signature for the path."""
    if "Authorization" in headers:
        raise unsupported("Entra tokens (Authorization), only keys and signatures", status=401)
    if (token := headers.get("aeg-sas-token")) is not None:
        _check_signature(token, path)
    elif not hmac.compare_digest(headers.get("aeg-sas-key", "").encode(), KEY.encode()):
        raise EventGridError(
            401,
            "The request authorization key is not authorized for this topic:"
            " the header aeg-sas-key is missing or wrong.",
        )


def _check_signature(token: str, path: str) -> None:
    unsigned, _, _ = token.partition("&s=")
    fields = {name: values[0] for name, values in parse_qs(token).items()}
    digest = hmac.digest(base64.b64decode(KEY), unsigned.encode(), hashlib.sha256)
    shown = fields.get("s", "").encode()
    if not hmac.compare_digest(base64.b64encode(digest), shown):
        raise _refused("its signature is not that of the topic's key")
    if urlsplit(fields.get("r", "")).path.rstrip("/").lower() != path.rstrip("/").lower():
        raise _refused(f"it is for {fields.get('r')!r}")
    ends = _read_date(fields.get("e", ""))
    if ends is None or ends < datetime.now(UTC):
        raise _refused(f"it has ended: {fields.get('e')!r}")


def _read_date(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        for form in _DATES:
            try:
                found = datetime.strptime(text, form)  # noqa: DTZ007 - without a zone it is UTC
                break
            except ValueError:
                continue
        else:
            return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _refused(reason: str) -> EventGridError:
    return EventGridError(
        401, f"The request authorization token is not authorized for this topic: {reason}."
    )
