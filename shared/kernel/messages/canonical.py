"""One form of what JSON takes for equal: members by name, and a whole number without a fraction (RFC 8785)."""

from typing import Any

_EXACT = 2**53


def canonical(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Give JSON in the form that digests are made of.

    `5`, `5.0` and `5e0` are one number, and stores and senders write it as they like. From 2^53 on, numbers that
    differ may be one double: they stay as they are.
    """
    if isinstance(value, dict):
        return {name: canonical(value[name]) for name in sorted(value)}
    if isinstance(value, list):
        return [canonical(one) for one in value]
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        return int(value)
    return value
