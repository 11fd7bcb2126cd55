"""The view: a read model, kept as rows; one row is what one stream contributes to one key."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from shared.kernel.category import Category
from shared.kernel.envelope import Envelope
from shared.kernel.errors import InvalidMessage
from shared.kernel.message import Event, Message
from shared.kernel.stream import StreamName


@dataclass(frozen=True, slots=True)
class View[D: Message]:
    """A pure fold over every event of a category; the key comes from the stream and the event alone."""

    name: str
    category: Category
    initial: D
    evolve: Callable[[D, Event], D]
    key: Callable[[StreamName, Event], str]


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


def keyed(view: View[Any], arrived: Iterable[Envelope]) -> dict[RowKey, list[Envelope]]:
    """Group the envelopes that concern a view by the row that they touch, each in the order of versions."""
    rows: dict[RowKey, list[Envelope]] = {}
    for envelope in sorted(arrived, key=lambda envelope: envelope.sequence):
        if envelope.stream.category == view.category.name:
            key = view.key(envelope.stream, _event(view, envelope))
            rows.setdefault(RowKey(view.name, key, envelope.subject), []).append(envelope)
    return rows


def advance(view: View[Any], row: Row, arrived: Iterable[Envelope]) -> Row | Gap:
    """Fold what is new to a row; what comes twice or late changes nothing, what is missing is a Gap."""
    data, version = _data(view, row), row.version
    for envelope in arrived:
        if envelope.sequence <= version:
            continue
        if envelope.sequence > version + 1:
            return Gap(version)
        data, version = view.evolve(data, _event(view, envelope)), envelope.sequence
    if version == row.version:
        return row
    return replace(row, version=version, data=data.model_dump(mode="json"))


def empty_row(view: View[Any], at: RowKey) -> Row:
    """Begin a row that no event has touched."""
    return Row(at=at, version=0, data=view.initial.model_dump(mode="json"))


def _event(view: View[Any], envelope: Envelope) -> Event:
    return view.category.decode(envelope.type, envelope.schema_number, envelope.data)


def _data(view: View[Any], row: Row) -> Any:  # noqa: ANN401 - the type of a view's data is the view's
    try:
        return type(view.initial).model_validate(row.data)
    except ValidationError as error:
        raise InvalidMessage(f"row {row.at}: {error}") from error
