"""Who asks, where the platform signs callers in: elsewhere anybody may send its header."""

import re
from collections.abc import Mapping

from shared.adapters.http.problems import Fault, malformed

PRINCIPAL = "X-MS-Client-Principal-Id"
VISIBLE = "1 to 128 visible ASCII characters are allowed."
_TOKEN = re.compile(r"[\x21-\x7e]{1,128}")


def actor_of(headers: Mapping[str, str], *, signed_in: bool) -> str | None:
    """Read who asks from headers, by their names in lower case; raises Problem for what is no name."""
    return token(headers, PRINCIPAL) if signed_in else None


def token(headers: Mapping[str, str], name: str) -> str | None:
    """Read a header that names something; raises Problem."""
    value = headers.get(name.lower())
    if value is not None and not is_token(value):
        raise malformed(f"The header {name} is malformed.", [Fault(name, VISIBLE)])
    return value


def is_token(value: str) -> bool:
    """Tell whether a text can name something: a command, a chain of causes, an actor."""
    return _TOKEN.fullmatch(value) is not None
