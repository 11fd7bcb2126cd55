"""Lists over HTTP: filters, sorting, and where a page begins, read from the query."""

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, Literal

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic_core import to_json

from shared.adapters.http.links import address
from shared.adapters.http.problems import Fault, Problem, malformed
from shared.kernel.errors import InvalidMessage, NumberTooLarge
from shared.kernel.messages.message import check_numbers
from shared.kernel.messages.stream import StreamName
from shared.kernel.views.listing import Cursor, Filter, Listing, Scalar
from shared.kernel.views.view import Row, View

MOST, USUAL = 100, 50
_OPERATORS: Mapping[str, Literal["=", ">=", "<="]] = {"": "=", "from": ">=", "to": "<="}
# A key may be longer than an id: a view may make it of several.
KEY_RULE = r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}"
KEY = re.compile(KEY_RULE)
_LIMIT = re.compile(r"[1-9][0-9]{0,2}")
_ONLY_LINKS = "Only what a page of this list gave as `next` or `prev` is expected."


@cache
def _cursors() -> TypeAdapter[Cursor]:
    # Made for who turns a page: a new instance would wait for it.
    return TypeAdapter(Cursor)


def fields(view: View[Any]) -> dict[str, type[Scalar]]:
    """Give the fields that a list of a view can be filtered by, as JSON names them, with their types."""
    return {
        field.alias or name: field.annotation
        for name, field in view.data_type.model_fields.items()
        if field.annotation in {str, int, float, bool}
    }


def parse_listing(params: Mapping[str, str], view: View[Any]) -> Listing:
    """Read `<field>=`, `<field>.from=`, `<field>.to=`, `sort=[-]<field>`, `limit=`, `after=`; raises Problem.

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
    listing = Listing(view.name, filters, field, descending)
    place = {name: _cursor(name, params, view, listing) for name in ("after", "before")}
    if None not in place.values():
        raise _malformed("before", "A page begins behind a row, or ends before one.")
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
    field, _, suffix = name.partition(".")
    known = fields(view)
    if field not in known or suffix not in _OPERATORS:
        raise _malformed(name, f"A list can be filtered by {', '.join(known)}, each .from or .to.")
    try:
        value = _scalar(known[field]).validate_strings(text)
        check_numbers(value)
    except ValidationError as error:
        raise _malformed(name, f"{error.errors()[0]['msg']}.") from None
    except NumberTooLarge as error:
        raise _malformed(name, f"{error}.") from None
    return Filter(field, _OPERATORS[suffix], value)


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
            _scalar(fields(view)[sort]).validate_python(cursor.value, strict=True)
            check_numbers(cursor.value)
    except (binascii.Error, ValueError, InvalidMessage, NumberTooLarge):
        raise _malformed(name, _ONLY_LINKS) from None
    given = (cursor.value is not None, view.folds(category), KEY.fullmatch(cursor.key) is not None)
    if given != (sort is not None, True, True):
        raise _malformed(name, _ONLY_LINKS)
    return cursor


def _scalar(kind: type[Scalar]) -> TypeAdapter[Scalar]:
    # Not a number and infinity are no JSON: the store cannot be asked for them.
    return TypeAdapter(kind, config=ConfigDict(allow_inf_nan=False))


def _malformed(name: str, sentence: str) -> Problem:
    return malformed("The query is malformed.", [Fault(name, sentence)])
