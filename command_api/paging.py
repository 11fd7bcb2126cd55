"""Lists over HTTP: filters, sorting, and where a page begins, read from the query."""

import base64
import binascii
import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Literal
from urllib.parse import urlencode

from pydantic import ConfigDict, TypeAdapter, ValidationError

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
_ONLY_NEXT = "Only what an earlier page of this list gave as `next` is expected."


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
    """Read `<field>=`, `<field>.from=`, `<field>.to=`, `sort=[-]<field>`, `limit=`, `after=`; raises Problem."""
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
        after=_cursor(params.get("after"), view, field),
        limit=_limit(params.get("limit", str(USUAL))),
    )


def next_page(params: Mapping[str, str], listing: Listing, last: Row) -> str:
    """Give the URL of the page behind a row."""
    cursor = Cursor(last.data[listing.sort] if listing.sort else None, last.at.key, last.at.stream)
    token = base64.urlsafe_b64encode(_cursors().dump_json(cursor)).decode()
    return f"/api/views/{listing.view}?{urlencode({**params, 'after': token})}"


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


def _cursor(token: str | None, view: View[Any], sort: str | None) -> Cursor | None:
    """Read where a page begins; the store could not compare with what no page of this order has given."""
    if token is None:
        return None
    try:
        cursor = _cursors().validate_json(base64.b64decode(token, altchars=b"-_", validate=True))
        category = StreamName.parse(cursor.stream).category
        if sort is not None:
            _scalar(fields(view)[sort]).validate_python(cursor.value, strict=True)
            check_numbers(cursor.value)
    except (binascii.Error, ValueError, InvalidMessage, NumberTooLarge):
        raise _malformed("after", _ONLY_NEXT) from None
    given = (cursor.value is not None, view.folds(category), KEY.fullmatch(cursor.key) is not None)
    if given != (sort is not None, True, True):
        raise _malformed("after", _ONLY_NEXT)
    return cursor


def _scalar(kind: type[Scalar]) -> TypeAdapter[Scalar]:
    # Not a number and infinity are no JSON: the store cannot be asked for them.
    return TypeAdapter(kind, config=ConfigDict(allow_inf_nan=False))


def _malformed(name: str, sentence: str) -> Problem:
    return malformed("The query is malformed.", [Fault(name, sentence)])
