"""Upcasting: the data of an event in an older schema is read as that of the next, up to the schema of today."""

from collections.abc import Callable, Mapping
from typing import Any

type Upcaster = Callable[[dict[str, Any]], dict[str, Any]]
"""Reads the data of one schema number of an event as that of the next."""


def upcast(
    upcasters: Mapping[tuple[str, int], Upcaster],
    type_: str,
    schemas: range,
    data: Mapping[str, Any],
) -> Mapping[str, Any]:
    """Take data through the schemas that lie between what was stored and what is known today."""
    for schema in schemas:
        data = upcasters[type_, schema](dict(data))
    return data


def missing(upcasters: Mapping[tuple[str, int], Upcaster], type_: str, today: int) -> list[int]:
    """Name the older schemas of an event that could not be read."""
    return [schema for schema in range(1, today) if (type_, schema) not in upcasters]
