"""Parameters of a query: each once, none empty, and without those that are the platform's."""

from collections import Counter
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

import azure.functions as func

from shared.adapters.http.problems import Fault, malformed

# The key of a caller and its name: https://learn.microsoft.com/azure/azure-functions/function-keys-how-to.
_PLATFORM = frozenset({"code", "clientid"})


def parameters(req: func.HttpRequest) -> Mapping[str, str]:
    """Give the parameters of a request; raises Problem.

    The platform joins what stands twice by commas, whatever its case, and leaves out what is empty: the URL tells.
    """
    written = parse_qsl(urlsplit(req.url).query, keep_blank_values=True)
    given = Counter(name.lower() for name, _ in written)
    empty = {name for name, value in (*written, *req.params.items()) if not value}
    faults = [
        *(
            Fault(name.encode(errors="replace").decode(), "It is no text.")
            for name, value in (*written, *req.params.items())
            if not (is_text(name) and is_text(value))
        ),
        *(Fault(name, "It is empty.") for name in sorted(empty) if not _platforms(name)),
        *(
            Fault(name, "It stands there more than once.")
            for name, times in sorted(given.items())
            if times > 1 and not _platforms(name)
        ),
    ]
    if faults:
        raise malformed("The query is malformed.", faults)
    return {name: value for name, value in req.params.items() if not _platforms(name)}


def is_text(value: str) -> bool:
    """Tell whether a text can be written anywhere."""
    # A half of a surrogate pair is no character, and can be written nowhere (RFC 3629, section 3).
    return not any("\ud800" <= character <= "\udfff" for character in value)


def _platforms(name: str) -> bool:
    return name.lower() in _PLATFORM
