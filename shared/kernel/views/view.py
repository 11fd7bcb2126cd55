"""The view: a read model, kept as rows; one row is what one stream contributes to one key."""

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Any

from shared.kernel.commands.category import Category
from shared.kernel.delivery.parking import Suspecting
from shared.kernel.messages.commit import Commit
from shared.kernel.messages.envelope import Envelope, envelopes
from shared.kernel.messages.json_reading import read
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


@dataclass(frozen=True, slots=True)
class View[D: Message]:
    """A pure fold over every event of a category, and of the `others`; the key comes from stream and event alone.

    Each stream has rows of its own, and no row is made of two streams: where events of several categories give one
    key, it has a row for each stream. So every event says its key, also the one that ends a thing.
    `data_type` is what the data of a row is, and begins as: all of its fields have defaults.
    `sorts` are the fields (as JSON names them) that a list can be sorted by: the store needs an index for each.
    `read` says what is folded of an envelope. `may_read` says which rows an actor may read: without it, all.
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


@dataclass(frozen=True, slots=True)
class Gap:
    """The events after `version` have not come, though later ones have: the store has them."""

    version: int


def keyed(
    view: View[Any], arrived: Iterable[Envelope], skipped: AbstractSet[int] = frozenset()
) -> dict[RowKey, dict[int, Event]]:
    """Group the events that concern a view by the row that they touch, each under its version.

    Raises Poison for the first that cannot be read, unless it is to be skipped.
    """
    rows: dict[RowKey, dict[int, Event]] = {}
    for envelope in arrived:
        if view.folds(envelope.stream.category) and envelope.sequence not in skipped:
            at, event = placed(view, envelope)
            rows.setdefault(at, {})[envelope.sequence] = event
    return rows


def placed(view: View[Any], envelope: Envelope) -> tuple[RowKey, Event]:
    """Tell which row of a view an event touches; raises Poison for one that cannot be read."""
    category = next(one for one in view.categories if one.name == envelope.stream.category)
    with Suspecting(envelope.subject, envelope.sequence):
        event = view.read(category, envelope)
        return RowKey(view.name, view.key(envelope.stream, event), envelope.subject), event


def places_of(views: Iterable[View[Any]], envelope: Envelope) -> list[RowKey]:
    """Name the rows of views that an event touches; raises Poison if one of them cannot read it."""
    category = envelope.stream.category
    return [placed(view, envelope)[0] for view in views if view.folds(category)]


def advance(
    view: View[Any], row: Row, arrived: Mapping[int, Event], skipped: AbstractSet[int] = frozenset()
) -> Row | Gap:
    """Fold what is new to a row; what comes twice or late changes nothing, what is missing is a Gap.

    Raises Poison for an event that cannot be folded; one that is to be skipped only moves the version.
    """
    last = max(arrived, default=0)
    if last <= row.version:
        return row
    # What is skipped behind the last that arrived is the business of those that come behind it.
    known = arrived.keys() | {version for version in skipped if version < last}
    new = sorted(version for version in known if version > row.version)
    data = _data(view, row)
    for expected, version in enumerate(new, start=row.version + 1):
        if version != expected:
            return Gap(expected - 1)
        if version not in skipped:
            with Suspecting(row.at.stream, version):
                data = view.evolve(data, arrived[version])
    return replace(row, version=new[-1], data=data.model_dump(mode="json"))


def caught_up(view: View[Any], row: Row, commits: Iterable[Commit]) -> Row:
    """Fold what has happened to a stream since its row was written; raises Poison for what cannot be folded."""
    newer = (one for commit in commits if commit.version > row.version for one in envelopes(commit))
    found = advance(view, row, keyed(view, newer).get(row.at, {}))
    # Behind a gap, other rows of the stream have gone on.
    return row if isinstance(found, Gap) else found


def empty_row(view: View[Any], at: RowKey) -> Row:
    """Begin a row that no event has touched."""
    return Row(at=at, version=0, data=view.data_type().model_dump(mode="json"))


def _data(view: View[Any], row: Row) -> Any:  # noqa: ANN401 - the type of a view's data is the view's
    with Suspecting(row.at.stream, row.version + 1):
        return read(view.data_type, row.data)
