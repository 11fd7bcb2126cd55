"""What the host does to documents on their way, unless host.json tells it not to: it rewrites dates.

Strings that look like ISO dates, or like those of old serializers, are parsed and written again
(azure-webjobs-sdk-extensions#898).
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Any, Final

_DATE: Final = re.compile(
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,7}))?(?:(Z)|([+-]\d\d:\d\d))?"
)
_OLD: Final = re.compile(r"/Date\((-?\d+)\)/")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def rewrite_dates(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Rewrite every text that looks like a date; one that is no date stays."""
    match value:
        case dict():
            return {name: rewrite_dates(inner) for name, inner in value.items()}
        case list():
            return [rewrite_dates(inner) for inner in value]
        case str():
            return _rewritten(value)
        case _:
            return value


def _rewritten(text: str) -> str:
    """Keep seven digits without trailing zeros; turn what has an offset into UTC, which has one of its own."""
    try:
        if old := _OLD.fullmatch(text):
            moment = _EPOCH + timedelta(milliseconds=int(old[1]))
            return f"{moment:%Y-%m-%dT%H:%M:%S}{_fraction(f'{moment:%f}')}Z"
        found = _DATE.fullmatch(text)
        if found is None:
            return text
        whole, fraction, utc, offset = found.groups()
        moment = datetime.fromisoformat(f"{whole}{offset or ''}")
    except (ValueError, OverflowError):
        return text
    if offset:
        moment = moment.astimezone(UTC)
    zone = utc or ("+00:00" if offset else "")
    return f"{moment:%Y-%m-%dT%H:%M:%S}{_fraction(fraction or '')}{zone}"


def _fraction(digits: str) -> str:
    return f".{digits}".rstrip("0").rstrip(".")
