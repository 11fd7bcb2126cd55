"""W3C Trace Context, as far as it is carried along: https://www.w3.org/TR/trace-context/."""

import re

_TRACEPARENT = re.compile(
    r"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}"
)


def well_formed(traceparent: str | None) -> str | None:
    """Give a traceparent as it is, or None when it breaks its rules: it is ignored then (section 3.2.2)."""
    if traceparent is None or _TRACEPARENT.fullmatch(traceparent) is None:
        return None
    return traceparent
