"""Whether others still understand what they are told: two schemas of one public event, before and now."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

COMPARED = {"properties", "required", "items", "enum"}
ANNOTATIONS = {"title", "description", "examples", "default", "$schema", "$id"}

type Schema = Mapping[str, Any]


def incompatibilities(before: Schema, now: Schema, at: str = "") -> list[str]:
    """Say what others would stumble over; new fields that may be missing, and new values, are no such thing.

    Both schemas are whole: nothing in them refers to a part elsewhere.
    """
    return [
        *_changed(before, now, at),
        *_fields(before, now, at),
        *_required(before, now, at),
        *_values(before, now, at),
        *(
            incompatibilities(before["items"], now["items"], f"{at}[]")
            if _lists(before, now)
            else ()
        ),
    ]


def _changed(before: Schema, now: Schema, at: str) -> Iterator[str]:
    for keyword in sorted((before.keys() | now.keys()) - COMPARED - ANNOTATIONS):
        if before.get(keyword) != now.get(keyword):
            old, new = before.get(keyword), now.get(keyword)
            yield f"{at or 'the event'}: {keyword} was {old!r} and is {new!r}"


def _fields(before: Schema, now: Schema, at: str) -> Iterator[str]:
    fields = now.get("properties", {})
    for name, field in before.get("properties", {}).items():
        if name not in fields:
            yield f"{at}/{name}: the field is gone"
        else:
            yield from incompatibilities(field, fields[name], f"{at}/{name}")


def _required(before: Schema, now: Schema, at: str) -> Iterator[str]:
    old, new = set(before.get("required", ())), set(now.get("required", ()))
    for name in sorted(new - old):
        yield f"{at}/{name}: the field is required, and was not: what was told before lacks it"
    for name in sorted((old - new) & now.get("properties", {}).keys()):
        yield f"{at}/{name}: the field was always there, and may be missing"


def _values(before: Schema, now: Schema, at: str) -> Iterator[str]:
    old: Sequence[Any] | None = before.get("enum")
    new: Sequence[Any] | None = now.get("enum")
    if old is None and new is not None:
        yield f"{at}: only some values are left: {list(new)}"
    elif old is not None and new is None:
        yield f"{at}: the values were {list(old)}, and may be any"
    elif old is not None and new is not None and (gone := [one for one in old if one not in new]):
        yield f"{at}: the values {gone} are gone"


def _lists(before: Schema, now: Schema) -> bool:
    return "items" in before and "items" in now
