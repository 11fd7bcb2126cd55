"""What the host does to documents on their way, unless host.json tells it not to: it rewrites dates.

Strings that look like ISO dates are parsed and written again (azure-webjobs-sdk-extensions#898).
"""

import re
from datetime import UTC, datetime
from typing import Any

_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?(Z|[+-]\d\d:\d\d)")


def rewrite_dates(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Rewrite every text that looks like a date: to UTC, without the trailing zeros of its fraction."""
    match value:
        case dict():
            return {name: rewrite_dates(inner) for name, inner in value.items()}
        case list():
            return [rewrite_dates(inner) for inner in value]
        case str() if _DATE.fullmatch(value):
            moment = datetime.fromisoformat(value).astimezone(UTC)
            fraction = f".{moment:%f}".rstrip("0").rstrip(".")
            return f"{moment:%Y-%m-%dT%H:%M:%S}{fraction}Z"
        case _:
            return value
