"""Lists over HTTP: filters, sorting, and where a page begins, read from the query."""

import base64
import binascii
import csv
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from pydantic import TypeAdapter
from pydantic_core import to_json

from shared.adapters.http.links import address
from shared.adapters.http.problems import Fault, Problem, malformed
from shared.kernel.errors import InvalidMessage
from shared.kernel.messages.stream import StreamName
from shared.kernel.views.fields import ListField, list_fields
from shared.kernel.views.listing import Cursor, Filter, Listing, Operator, Scalar
from shared.kernel.views.view import Row, View

MOST, USUAL = 100, 50
LONGEST_NAME = 100
MOST_WANTED = 50
"""So many values may be asked for at once."""

SUFFIXES: Mapping[str, Operator] = {
    "": "=",
    ".in": "in",
    ".from": ">=",
    ".to": "<=",
    ".prefix": "prefix",
    ".null": "null",
}
LONGEST_KEY = 1_900
"""In bytes: the store takes 2,048 for the key of a partition, which has the name of the view in front."""
# A view makes keys of what events hold, such as an address: whatever can be written is one.
KEY_RULE = rf"[^\x00-\x1f\x7f]{{1,{LONGEST_KEY}}}"
KEY = re.compile(KEY_RULE)
_LIMIT = re.compile(r"[1-9][0-9]{0,2}")
_ONLY_LINKS = "Only what a page of this list gave as `next` or `prev` is expected."


@cache
def _cursors() -> TypeAdapter[Cursor]:
    # Made for who turns a page: a new instance would wait for it.
    return TypeAdapter(Cursor)


def parse_listing(params: Mapping[str, str], view: View[Any]) -> Listing:
    """Read `<field>=`, `<field>.in=`, … , `sort=[-]<field>`, `limit=`, `after=`; raises Problem.

    `before=` is the page in front of a row: that behind it in the opposite order, `turned` for who reads it.
    """
    filters = [
        _filter(name, value, view)
        for name, value in params.items()
        if name not in {"sort", "limit", "after", "before"}
    ]
    sort = params.get("sort", "")
    descending, field = sort.startswith("-"), sort.removeprefix("-") or None
    if (field is None and descending) or (field is not None and field not in view.sorts):
        raise _malformed("sort", f"One of {', '.join(view.sorts) or 'none'}, or -<field>.")
    nullable = field is not None and list_fields(view.data_type)[field].nullable
    listing = Listing(
        view=view.name, filters=filters, sort=field, descending=descending, nullable=nullable
    )
    place = {name: _cursor(name, params, view, listing) for name in ("after", "before")}
    if None not in place.values():
        raise _malformed("before", "Use either `after` or `before`, not both.")
    return replace(
        listing,
        descending=descending != ("before" in params),
        after=place["after"] or place["before"],
        limit=_limit(params.get("limit", str(USUAL))),
    )


def turned(params: Mapping[str, str], rows: Sequence[Row]) -> Sequence[Row]:
    """Put the rows of a page into the order that was asked for."""
    return rows[::-1] if "before" in params else rows


def links(
    params: Mapping[str, str], listing: Listing, rows: Sequence[Row]
) -> dict[str, str | None]:
    """Give the URLs of this page and of those around it, as far as there are such."""
    path, back = f"/api/views/{listing.view}", "before" in params
    others = {name: value for name, value in params.items() if name not in {"after", "before"}}
    asked = replace(listing, descending=listing.descending != back)
    full = len(rows) == listing.limit

    def beside(name: str, row: Row) -> str:
        value = row.data[listing.sort] if listing.sort else None
        cursor = Cursor(value, row.at.key, row.at.stream)
        token = base64.urlsafe_b64encode(mark(asked) + _cursors().dump_json(cursor)).decode()
        return address(path, {**others, name: token})

    following = rows and (back or full)
    preceding = rows and ("after" in params or (back and full))
    return {
        "self": address(path, params),
        "next": beside("after", rows[-1]) if following else None,
        "prev": beside("before", rows[0]) if preceding else None,
    }


def mark(listing: Listing) -> bytes:
    """Name a listing, in front of each of its cursors: its filters and its order, whatever else is asked for."""
    filters = sorted((one.field, one.operator, one.value) for one in listing.filters)
    named = to_json([listing.view, listing.sort, listing.descending, filters])
    return hashlib.sha256(named).digest()[:12]


def _filter(name: str, text: str, view: View[Any]) -> Filter:
    known = list_fields(view.data_type)
    of, dot, suffix = name.partition(".")
    field, operator = known.get(of), SUFFIXES.get(dot + suffix)
    if field is None or operator not in field.operators:
        raise _malformed(name, f"A list can be filtered by {', '.join(_names(known.values()))}.")
    try:
        return Filter(of, operator, _wanted(field, operator, text))
    except InvalidMessage as error:
        raise _malformed(name, str(error)) from None


def _names(known: Iterable[ListField]) -> Iterator[str]:
    """Name the filters of fields, such as `day, day.in, day.from`."""
    for field in known:
        yield from (f"{field.name}{suffix}" for suffix in suffixes(field))


def suffixes(field: ListField) -> list[str]:
    """Name what can be asked of a field, as it stands behind its name."""
    return [suffix for suffix, operator in SUFFIXES.items() if operator in field.operators]


def _wanted(field: ListField, operator: Operator, text: str) -> Scalar | list[Scalar]:
    """Read what is asked for; raises InvalidMessage."""
    match operator:
        case "in":
            return [field.value(one) for one in _several(text)]
        case "prefix":
            return text
        case "null":
            if text not in {"true", "false"}:
                raise InvalidMessage("true or false is expected.")
            return text == "true"
        case _:
            return field.value(text)


def _several(text: str) -> list[str]:
    """Take values apart at their commas, but for those in quotes; raises InvalidMessage."""
    try:
        found = next(csv.reader([text], strict=True)) or [""]
    except csv.Error as error:
        raise InvalidMessage(f"Values with commas between them are expected: {error}.") from None
    if len(found) > MOST_WANTED:
        raise InvalidMessage(f"At most {MOST_WANTED} values can be asked for at once.")
    return found


def _limit(text: str) -> int:
    if _LIMIT.fullmatch(text) is None or int(text) > MOST:
        raise _malformed("limit", f"1 to {MOST} rows fit on a page.")
    return int(text)


def _cursor(
    name: str, params: Mapping[str, str], view: View[Any], listing: Listing
) -> Cursor | None:
    """Read where a page begins; the store could not compare with what no page of this listing has given."""
    if name not in params:
        return None
    sort = listing.sort
    try:
        token = base64.b64decode(params[name], altchars=b"-_", validate=True)
        _, ours, place = token.partition(mark(listing))
        cursor = _cursors().validate_json(place if ours else b"")
        category = StreamName.parse(cursor.stream).category
        if sort is not None:
            list_fields(view.data_type)[sort].check(cursor.value)
    except (binascii.Error, ValueError, InvalidMessage):
        raise _malformed(name, _ONLY_LINKS) from None
    of_this_order = sort is not None or cursor.value is None
    # Not by KEY: pages lead past rows whose keys nobody can write.
    if not (of_this_order and view.folds(category) and 0 < len(cursor.key) <= LONGEST_KEY):
        raise _malformed(name, _ONLY_LINKS)
    return cursor


def _malformed(name: str, sentence: str) -> Problem:
    return malformed("The query is malformed.", [Fault(name[:LONGEST_NAME], sentence)])
