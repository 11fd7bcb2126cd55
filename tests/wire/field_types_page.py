"""The page on the types of fields, made of what the kernel does with them."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic_core import to_jsonable_python

from command_api.paging import suffixes
from shared.kernel.messages.values import Money
from shared.kernel.views.fields import list_fields
from tests.wire.every_type import Card, Cash, Colour, Facts, Level

HEAD = """\
# Types of fields

What commands, events, states, rows, public events and events of others may hold. Each value has one form in
JSON, and is read by the same strict rules from requests, from the store and from the log: `"5"` is no integer,
`0` no day, `1` no boolean; `5.0` is the integer 5, as JSON Schema says. Nothing needs `strict=False`. `Day`,
`Moment` and `Money` are in [`shared.kernel.messages.values`](../shared/kernel/messages/values.py).

The filters are what [a list](http-api.md#queries) of rows takes for a field of its data: `=`, `.in`, `.from`,
`.to`, `.prefix`, and `.null` where the field may be `None`. A field is sorted by only if its view names it in
`sorts`.

| type | in JSON | filters | sorts |
| --- | --- | --- | --- |
"""
FOOT = """
A moment without an offset is refused, wherever it is made; it is kept in UTC with six digits, so that the order
of texts is that of time. A decimal is a text, because a JSON number is a double in the store and in most
clients: up to 40 digits before the point and 40 behind it are exact, and `12.50` is kept as `"12.5"`, so that
equal numbers are equal texts. A duration has days, hours, minutes and seconds: years and months have no fixed
length.

**An integer beyond 2^53 - 1 is kept nowhere**: in an event, its command is
[refused](problems.md#number-too-large); in a row or a public event, its stream is parked. So give a number a limit
where a client says it, above all an amount from which a view makes cents, or a sum:

```python
class Price(Money):
    amount: Annotated[Decimal, Field(ge=0, le=1_000_000, examples=["12.50"])]


Seats = Annotated[int, Field(ge=1, le=10_000)]
```

**Money is counted** with `+`, `-`, `-amount`, `amount * 3` and `3 * amount`, exactly; a factor is an `int` or a
`Decimal`, and no `float`. It is compared with `<`, `<=`, `>`, `>=` and `==`. Two currencies are not equal, and
to count or order them raises `ValueError`: a decider that raises answers 500, so refuse them before. What is
counted of a `Price` is `Money`, for a limit of what clients say is none of a sum: `Price` is for commands, and
a field that holds a sum is `Money`. The field of an event takes a `Price` as it is. Equal amounts of one
currency are equal, whichever of the two they are. A sum needs a start in its currency, `sum(fees,
start=Money(amount=Decimal(0), currency="EUR"))`. There is no `/`, because how a result is rounded is your rule:
`Money(amount=round(fee.amount / 3, 2), currency=fee.currency)`.

**Decimals and durations cannot be sorted**, nor asked for by a range: as texts, `"9"` is behind `"10"`. A view
that names one in `sorts` is refused at start. Keep the amount in the smallest unit, or the seconds, in a field
of type `int` beside it, and limit the amount as above: a `Money` alone may be of any size.

What has members or several values (`Money`, tuples, sets, nested messages) is no scalar: a list is neither
filtered nor sorted by it. Put what is looked for into a field of its own when the view folds its events.

A field that is called as another parameter of a list (`sort`, `limit`, `after`, `before`, `code`, `clientId`) is
asked for by the filters with a dot alone, such as `limit.in=3`.

Sets are written in the order of their texts: equal sets are equal in JSON. A union whose members look alike in
JSON needs a discriminator, such as `Annotated[Card | Cash, Field(discriminator="kind")]`, and is refused at start
without one; `int | str` or one with `None` needs none, for JSON tells its members apart. What is nested is a
`Message` (or `OutsideData` in what others send). Bytes, complex numbers and `Any` are refused at start: JSON
cannot hold them, or nobody knows what they hold; `pydantic.JsonValue` holds any JSON.

The example of a command, in OpenAPI and in what `make run` prints to try, is made of the types of its fields, or
of the first of their `examples`, as `amount` above has one. Where that is no such command (a pattern), or `decide`
refuses it whatever is given (one day behind another), `make spec` takes the command of the first spec that comes
to events, and keeps it in `shared/domain/NAME/examples.json`; not where each field has `examples` of its own.
`python -m infra.check`, which `make lint` runs, names each field whose type refuses its example.

A row that was written before its view had a field lacks it until its stream's next event. Until then no filter on
the field finds the row (`.null` neither), and no list that is sorted by it holds it.
[Rebuild the view](operations.md#rebuild-of-a-view): in the new generation every row has the field. Give a field
whose type changes a new name, or rebuild the view at once: the store cannot sort values of two types.

`WRITE_DOCS=1 pytest tests/wire/test_field_types.py` makes this page.
"""


@dataclass(frozen=True)
class Sample:
    """How a type is declared, the field of the facts that has it, and a value."""

    declared: str
    field: str
    value: Any


SAMPLES = [
    Sample("str", "text", "Ada"),
    Sample("int", "count", 3),
    Sample("float", "share", 0.5),
    Sample("bool", "sure", True),
    Sample("date, Day", "day", date(2026, 11, 23)),
    Sample("datetime, Moment", "moment", datetime(2026, 11, 23, 12, tzinfo=UTC)),
    Sample("time", "opens", time(9, 30)),
    Sample("timedelta", "lasts", timedelta(days=1, hours=2)),
    Sample("Decimal", "price", Decimal("12.50")),
    Sample("UUID", "number_", UUID("0b9a1f6e-6d3c-4f0e-8c1d-2f3a4b5c6d7e")),
    Sample("Enum of texts", "colour", Colour.RED),
    Sample("Enum of integers", "level", Level.LOW),
    Sample('Literal["yes", "no"]', "word", "yes"),
    Sample("date | None", "maybe_day", None),
    Sample("tuple[int, date]", "pair", (1, date(2026, 11, 23))),
    Sample("tuple[date, ...]", "days", (date(2026, 11, 23), date(2026, 11, 22))),
    Sample("frozenset[str]", "tags", frozenset({"b", "a"})),
    Sample("Card | Cash, with a discriminator", "paid", Cash(given=Decimal(5))),
    Sample("dict[Colour, Decimal]", "prices", {Colour.RED: Decimal("1.5")}),
    Sample("Money", "total", Money(amount=Decimal("12.50"), currency="EUR")),
    Sample("a Message | None", "nested", Card(expires=date(2026, 11, 23))),
]


def page() -> str:
    """Write the page."""
    return HEAD + "".join(_row(sample) for sample in SAMPLES) + FOOT


def _row(sample: Sample) -> str:
    name = Facts.model_fields[sample.field].alias or sample.field
    written = to_jsonable_python(Facts(**{sample.field: sample.value}))[name]
    field = list_fields(Facts).get(name)
    filters, sorts = "-", "-"
    if field is not None:
        filters = ", ".join(f"`{suffix or '='}`" for suffix in suffixes(field))
        sorts = "no" if field.kind.unsorted else "yes"
    declared = sample.declared.replace("|", "\\|")
    return f"| {declared} | `{json.dumps(written)}` | {filters} | {sorts} |\n"
