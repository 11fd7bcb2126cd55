"""The view: a read model, kept as rows; one row is what one stream contributes to one key."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from shared.kernel.commands.category import Category
from shared.kernel.messages.envelope import Envelope
from shared.kernel.messages.message import Event, Message
from shared.kernel.messages.stream import StreamName
from shared.kernel.views.listing import Scalar


def decoded(category: Category, envelope: Envelope) -> Event:
    """Read the event of an envelope; raises InvalidMessage."""
    return category.decode(envelope.type, envelope.schema_number, envelope.data)


type MayRead = Callable[[str | None], bool | Mapping[str, Scalar]]
"""Tells which rows an actor may read: all, none, or those whose fields (as JSON names them) hold some values.

It is a condition and no question about each row, so that the store can keep to it: what may not be read is in no
page, in no cursor and in no count. The actor is None where nobody is known.
"""


def everybody(_actor: str | None) -> bool:
    """Lets all read all rows: the `may_read` of a view that shows more than the streams of its categories do."""
    return True


@dataclass(frozen=True, slots=True)
class View[D: Message]:
    """A pure fold over every event of a category, and of the `others`; the key comes from stream and event alone.

    Each stream has one row of its own: all events of a stream give one key, and a second one parks the stream. So
    the key is the stream's id, or what every event of the stream says alike, also the one that ends a thing. What
    changes, such as who has it now, is a field, and a list is filtered by it. No row is made of two streams: where
    several streams give one key, also of several categories, it has a row for each.
    `data_type` is what the data of a row is, and begins as: all of its fields have defaults.
    `sorts` are the fields (as JSON names them) that a list can be sorted by: the store needs an index for each.
    `read` says what is folded of an envelope. `may_read` says which rows an actor may read: without it, all. That
    of a category is not asked: a view of one that has it says its own, or `everybody`.
    """

    name: str
    category: Category
    data_type: type[D]
    evolve: Callable[[D, Event], D]
    key: Callable[[StreamName, Event], str]
    sorts: tuple[str, ...] = ()
    read: Callable[[Category, Envelope], Event] = decoded
    others: tuple[Category, ...] = ()
    may_read: MayRead | None = None

    @property
    def categories(self) -> tuple[Category, ...]:
        """All categories whose events are folded."""
        return (self.category, *self.others)

    def folds(self, category: str) -> bool:
        """Tell whether the events of a category are folded."""
        return any(one.name == category for one in self.categories)


@dataclass(frozen=True, slots=True)
class RowKey:
    """Where a row is: the view, the key in it, the stream that contributes."""

    view: str
    key: str
    stream: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row and the version of its stream that it has seen."""

    at: RowKey
    version: int
    data: dict[str, Any]


def empty_row(view: View[Any], at: RowKey) -> Row:
    """Begin a row that no event has touched."""
    return Row(at=at, version=0, data=view.data_type().model_dump(mode="json"))
