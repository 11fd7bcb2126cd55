"""Lists over HTTP: filters, sorting, and where a page begins, read from the query."""

import base64
import binascii
import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Literal
from urllib.parse import urlencode

from pydantic import TypeAdapter, ValidationError

from shared.adapters.http.problems import Fault, Problem, malformed
from shared.kernel.errors import NumberTooLarge
from shared.kernel.messages.message import check_numbers
from shared.kernel.views.listing import Cursor, Filter, Listing, Scalar
from shared.kernel.views.view import Row, View

MOST, USUAL = 100, 50
_OPERATORS: Mapping[str, Literal["=", ">=", "<="]] = {"": "=", "from": ">=", "to": "<="}
_LIMIT = re.compile(r"[1-9][0-9]{0,2}")


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
    if field is not None and field not in view.sorts:
        raise _malformed("sort", f"One of {', '.join(view.sorts) or 'none'}, or -<field>.")
    return Listing(
        view=view.name,
        filters=filters,
        sort=field,
        descending=descending,
        after=_cursor(params.get("after")),
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
        value: Scalar = TypeAdapter(known[field]).validate_strings(text)
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


def _cursor(token: str | None) -> Cursor | None:
    if token is None:
        return None
    try:
        return _cursors().validate_json(base64.b64decode(token, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError):
        raise _malformed("after", "Only what an earlier page gave as `next` is expected.") from None


def _malformed(name: str, sentence: str) -> Problem:
    return malformed("The query is malformed.", [Fault(name, sentence)])
