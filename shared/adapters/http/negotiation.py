"""Which of its media types an answer has (RFC 9110, section 12.5.1)."""

import re
from collections.abc import Sequence

from shared.adapters.http.problems import Problem

_UTF8 = re.compile(r';\s*charset="?utf-?8"?', re.IGNORECASE)
JSON, TEXT, HTML = "application/json", "text/plain", "text/html"


def chosen(accept: str | None, offers: Sequence[str]) -> str:
    """Give the offer that a client likes best, the first of equal ones; raises Problem when it takes none."""
    if not accept or accept == "*/*":
        return offers[0]
    # What most clients send is done with before this loads.
    from werkzeug.datastructures import MIMEAccept
    from werkzeug.http import parse_accept_header

    # All that is offered is UTF-8, and some clients ask for it.
    ranges = parse_accept_header(_UTF8.sub("", accept), MIMEAccept)
    if not any("/" in wanted for wanted in ranges.values()):
        return offers[0]
    best = max(offers, key=ranges.quality)
    if not ranges.quality(best):
        detail = f"Available as {' or '.join(offers)}."
        raise Problem(406, "not-acceptable", "No acceptable representation", detail)
    return best
