"""JSON from clients: read strictly, and measured as it is stored."""

import json
import math
from typing import Any

from emulators.cosmos import words
from emulators.cosmos.errors import CosmosError


def read_json(text: str | bytes) -> Any:  # noqa: ANN401 - JSON
    """Read a JSON value; 400 for what is none, or holds a number without end."""
    try:
        return json.loads(text, parse_constant=_refuse, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise CosmosError(400, words.BAD_PAYLOAD, hint=f"no JSON: {error}") from None


def read_object(text: str | bytes) -> dict[str, Any]:
    """Read a JSON object; 400 for anything else."""
    value = read_json(text)
    if not isinstance(value, dict):
        raise CosmosError(400, words.BAD_INPUT, hint="no JSON object")
    return value


def size_of(text: str) -> int:
    """Measure JSON that was written in ASCII as the bytes that it has in UTF-8."""
    if "\\u" not in text:
        return len(text)
    return len(json.dumps(json.loads(text), ensure_ascii=False).encode("utf-8", "surrogatepass"))


def depth_of(value: Any) -> int:  # noqa: ANN401 - JSON
    """Count how deep objects and arrays are nested."""
    deepest, level = 0, [value]
    while level:
        inner: list[Any] = []
        for one in level:
            if isinstance(one, dict):
                inner += [*one.values(), None]
            elif isinstance(one, list):
                inner += [*one, None]
        deepest, level = deepest + bool(inner), inner
    return deepest


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is too large for a number")
    return number


def _refuse(constant: str) -> None:
    # Python would read NaN and Infinity, which no JSON has (RFC 8259, section 6).
    raise ValueError(f"{constant} is no number")
