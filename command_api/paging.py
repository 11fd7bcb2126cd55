"""Lists over HTTP: filters, sorting, and where a page begins, read from the query."""

import base64
import binascii
import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any
from urllib.parse import urlencode

from pydantic import TypeAdapter

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
# A key may be longer than an id: a view may make it of several.
KEY_RULE = r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}"
KEY = re.compile(KEY_RULE)
_LIMIT = re.compile(r"[1-9][0-9]{0,2}")
_ONLY_NEXT = "Only what an earlier page of this list gave as `next` is expected."


@cache
def _cursors() -> TypeAdapter[Cursor]:
    # Made for who turns a page: a new instance would wait for it.
    return TypeAdapter(Cursor)


def parse_listing(params: Mapping[str, str], view: View[Any]) -> Listing:
    """Read `<field>=`, `<field>.in=`, … , `sort=[-]<field>`, `limit=`, `after=`; raises Problem."""
    filters = [
        _filter(name, value, view)
        for name, value in params.items()
        if name not in {"sort", "limit", "after"}
    ]
    sort = params.get("sort", "")
    descending, field = sort.startswith("-"), sort.removeprefix("-") or None
    if (field is None and descending) or (field is not None and field not in view.sorts):
        raise _malformed("sort", f"One of {', '.join(view.sorts) or 'none'}, or -<field>.")
    return Listing(
        view=view.name,
        filters=filters,
        sort=field,
        descending=descending,
        nullable=field is not None and list_fields(view.data_type)[field].nullable,
        after=_cursor(params.get("after"), view, field),
        limit=_limit(params.get("limit", str(USUAL))),
    )


def next_page(params: Mapping[str, str], listing: Listing, last: Row) -> str:
    """Give the URL of the page behind a row."""
    cursor = Cursor(last.data[listing.sort] if listing.sort else None, last.at.key, last.at.stream)
    token = base64.urlsafe_b64encode(_cursors().dump_json(cursor)).decode()
    return f"/api/views/{listing.view}?{urlencode({**params, 'after': token})}"


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


def _cursor(token: str | None, view: View[Any], sort: str | None) -> Cursor | None:
    """Read where a page begins; the store could not compare with what no page of this order has given."""
    if token is None:
        return None
    try:
        cursor = _cursors().validate_json(base64.b64decode(token, altchars=b"-_", validate=True))
        category = StreamName.parse(cursor.stream).category
        if sort is not None:
            list_fields(view.data_type)[sort].check(cursor.value)
    except (binascii.Error, ValueError, InvalidMessage):
        raise _malformed("after", _ONLY_NEXT) from None
    of_this_order = sort is not None or cursor.value is None
    if not (of_this_order and view.folds(category) and KEY.fullmatch(cursor.key)):
        raise _malformed("after", _ONLY_NEXT)
    return cursor


def _malformed(name: str, sentence: str) -> Problem:
    return malformed("The query is malformed.", [Fault(name[:LONGEST_NAME], sentence)])
