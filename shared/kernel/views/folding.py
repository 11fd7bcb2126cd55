"""Folding: what arrived of a stream goes into its row once and in order; a hole in its versions is a gap."""

from collections.abc import Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Any

from shared.kernel.delivery.parking import Suspecting
from shared.kernel.errors import BrokenStream, Poison
from shared.kernel.messages.commit import Commit
from shared.kernel.messages.envelope import Envelope, envelopes
from shared.kernel.messages.json_reading import read
from shared.kernel.messages.message import Event, check_numbers
from shared.kernel.views.view import Row, RowKey, View


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


def check_one_row(
    view: View[Any],
    row: Row,
    arrived: Collection[int],
    found: Mapping[RowKey, Collection[int]],
) -> None:
    """Raise Poison, at the first of a second key, when other events of its stream go into another row than this.

    To this row the versions of the others are a gap, and one that nobody fills.
    """
    other = next((at for at in found if at != row.at), None)
    if other is not None:
        version = row.version + 1 if row.version else min(arrived)
        keys = " and ".join(f"'{key}'" for key in sorted((row.at.key, other.key)))
        broken = BrokenStream(
            f"view '{view.name}': stream {row.at.stream} has keys {keys}; all events of a stream must give one"
            " key: key=stream.id and a filter instead"
        )
        raise Poison(row.at.stream, version, broken)


def advance(
    view: View[Any], row: Row, arrived: Mapping[int, Event], skipped: AbstractSet[int] = frozenset()
) -> Row | Gap:
    """Fold what is new to a row; what comes twice or late changes nothing, what is missing is a Gap.

    Raises Poison for an event that cannot be folded, or that makes of a row what JSON does not hold exactly; one
    that is to be skipped only moves the version.
    """
    last = max(arrived, default=0)
    if last <= row.version:
        return row
    # What is skipped behind the last that arrived is the business of those that come behind it.
    known = arrived.keys() | {version for version in skipped if version < last}
    new = sorted(version for version in known if version > row.version)
    data = _data(view, row)
    kept = data.model_dump(mode="json")
    for expected, version in enumerate(new, start=row.version + 1):
        if version != expected:
            return Gap(expected - 1)
        if version not in skipped:
            with Suspecting(row.at.stream, version):
                data = view.evolve(data, arrived[version])
                # After each event: what parks a row is the same, however its history is cut.
                kept = data.model_dump(mode="json")
                check_numbers(kept)
    return replace(row, version=new[-1], data=kept)


def caught_up(view: View[Any], row: Row, commits: Iterable[Commit]) -> Row:
    """Fold what has happened to a stream since its row was written; raises Poison for what cannot be folded."""
    newer = (one for commit in commits if commit.version > row.version for one in envelopes(commit))
    found = advance(view, row, keyed(view, newer).get(row.at, {}))
    # Behind a gap, other rows of the stream have gone on.
    return row if isinstance(found, Gap) else found


def _data(view: View[Any], row: Row) -> Any:  # noqa: ANN401 - the type of a view's data is the view's
    with Suspecting(row.at.stream, row.version + 1):
        return read(view.data_type, row.data)
