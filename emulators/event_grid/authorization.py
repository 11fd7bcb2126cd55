"""Who may publish: whoever shows the key of the topic."""

import hmac
from collections.abc import Mapping

from emulators.event_grid.errors import EventGridError, unsupported

# The same for every topic and everybody, and so no secret: "onewrite-local-event-grid-key-00" in Base64.
KEY = "b25ld3JpdGUtbG9jYWwtZXZlbnQtZ3JpZC1rZXktMDA="


def check(headers: Mapping[str, str]) -> None:
    """Raise 401 unless `aeg-sas-key` is the key of the topic."""
    for other, name in {"aeg-sas-token": "SAS tokens", "Authorization": "Entra tokens"}.items():
        if other in headers:
            raise unsupported(f"{name} ({other}), only aeg-sas-key", status=401)
    if not hmac.compare_digest(headers.get("aeg-sas-key", "").encode(), KEY.encode()):
        raise EventGridError(
            401,
            "The request authorization key is not authorized for this topic:"
            " the header aeg-sas-key is missing or wrong.",
        )
