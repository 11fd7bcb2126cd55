"""What is seen of a flow, in streams, log, rows and by listeners; and what of it is otherwise than wanted."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby, zip_longest
from typing import Any

from shared.adapters.memory import MemoryEventStore, MemoryFeedPages, MemoryParking, MemoryRows
from shared.kernel.commands.outcome import Forbidden, Refused
from shared.kernel.domain import Domain
from shared.kernel.messages.envelope import decode
from shared.kernel.messages.json_reading import read
from shared.kernel.messages.message import Event, PublicEvent, type_name
from shared.kernel.messages.stream import StreamName
from shared.kernel.reactions.caused_commands import event_of
from tests.specs.spec import Flow, Shown, Then

type Events = Mapping[str, Sequence[Event]]
"""By stream, in order."""


@dataclass(frozen=True)
class Seen:
    """What every stream has, what the log holds of it, what others were told of it, and can pull of each feed."""

    written: Events = field(default_factory=dict)
    logged: Events = field(default_factory=dict)
    told: Events = field(default_factory=dict)
    pulled: Mapping[str, Events] = field(default_factory=dict)


def events(domain: Domain, store: MemoryEventStore) -> dict[str, list[Event]]:
    """Give the events of every stream."""
    found: dict[str, list[Event]] = {}
    for commit in store.written:
        category = domain.category(StreamName.parse(commit.stream).category)
        found.setdefault(commit.stream, []).extend(
            category.decode(e.type, e.schema_number, e.data) for e in commit.events
        )
    return found


def logged(domain: Domain, bodies: Iterable[bytes]) -> dict[str, list[Event]]:
    """Give what the log holds of every stream, as often as it does."""
    found: dict[str, list[Event]] = {}
    for envelope in map(decode, bodies):
        found.setdefault(envelope.subject, []).append(event_of(domain, envelope))
    return found


def told(domain: Domain, notifications: Iterable[Mapping[str, Any]]) -> dict[str, list[Event]]:
    """Give what others are told of every stream, who know again what they have heard under the same id."""
    enrichers = {domain.public_type(one): one for one in domain.enrichers}
    heard = {(one["id"], json.dumps(one["data"])): one for one in notifications}
    found: dict[str, list[Event]] = {}
    # Event Grid promises no order: the sequence tells it.
    for one in sorted(heard.values(), key=lambda one: one["sequence"]):
        public: type[PublicEvent] = enrichers[one["type"]].public
        found.setdefault(one["subject"], []).append(read(public, one["data"]))
    return found


def pulled(domain: Domain, pages: MemoryFeedPages) -> dict[str, dict[str, list[Event]]]:
    """Give what others can pull of each feed, as often and in the order in which it is in the chains."""
    enrichers = {domain.public_type(one): one for one in domain.enrichers}
    found: dict[str, dict[str, list[Event]]] = {feed.name: {} for feed in domain.feeds}
    for (chain, _), stored in sorted(pages.pages.items()):
        streams = found[chain.partition("~")[0]]
        for one in stored.page.events:
            public: type[PublicEvent] = enrichers[one["type"]].public
            streams.setdefault(one["subject"], []).append(read(public, one["data"]))
    return found


def pulled_otherwise(flow: Flow, domain: Domain, before: Seen, after: Seen) -> list[str]:
    """Say what others can pull since, otherwise than they are told, and than a flow says."""
    if different(flow.told, before.told, after.told):
        # It is said already.
        return []
    found: list[str] = []
    for feed in domain.feeds:
        wanted = {
            stream: [public for public in told if type(public) in feed.events]
            for stream, told in flow.told.items()
        }
        where = f"`told` of {{}}, in the feed '{feed.name}'"
        found += different(wanted, before.pulled[feed.name], after.pulled[feed.name], where)
    return found


def rows_shown(rows: MemoryRows) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """Give the data of every row by view and key."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows.all():
        found.setdefault((row.at.view, row.at.key), []).append(row.data)
    return found


def parked(parking: MemoryParking) -> list[str]:
    """Say what is parked, and why: operators would have to release it."""
    return [f"{one.consumer} park {one.error}" for one in parking.markers()]


def refused(where: str, outcome: Refused | Forbidden) -> str:
    """Say that a command of a spec was refused, and why: nothing follows from it."""
    if isinstance(outcome, Forbidden):
        return f"`{where}` is forbidden: `by` names who asks, and `allow` of the category says no"
    return f"`{where}` is refused: {outcome.refusal.code}: {outcome.refusal.sentence}"


def different(
    wanted: Then, before: Events, after: Events, where: str = "`then` of {}"
) -> list[str]:
    """Say what came of every stream otherwise than wanted, and in which field of the spec that stands."""
    found: list[str] = []
    for stream in sorted(wanted.keys() | after.keys()):
        new = list(after.get(stream, ()))[len(before.get(stream, ())) :]
        of_stream = wanted.get(stream, ())
        if len(new) != len(of_stream) or not all(map(_is, new, of_stream)):
            found.append(f"{where.format(stream)}: {_otherwise(new, of_stream)}")
    return found


def _otherwise(new: Sequence[Event], wanted: Sequence[Event | type[Event]]) -> str:
    """Name the events of both sides, and show the first place where they differ: there may be hundreds."""
    pairs = enumerate(zip_longest(wanted, new), start=1)
    number, (first, got) = next(
        (n, pair) for n, pair in pairs if None in pair or not _is(pair[1], pair[0])
    )
    return f"expected {names_of(wanted)}, got {names_of(new)}; number {number}: {_told(first)}, got {_told(got)}"


def _told(event: Event | type[Event] | None) -> str:
    if event is None:
        return "no event"
    return type_name(event) if isinstance(event, type) else repr(event)


def names_of(events: Sequence[Event | type[Event]]) -> str:
    """Name the types of events; several in a row are counted."""
    types = (one if isinstance(one, type) else type(one) for one in events)
    counted = [(name, len(list(run))) for name, run in groupby(map(type_name, types))]
    named = (name if times == 1 else f"{name} ({times} times)" for name, times in counted)
    return f"[{', '.join(named)}]"


def passed_on(flow: Flow, before: Seen, after: Seen) -> list[str]:
    """Say what the log was given and others were told since, otherwise than a flow says.

    What differs in the store too is said of the store.
    """
    stored = different(flow.then, before.written, after.written, "{}, in the log")
    logged = different(flow.then, before.logged, after.logged, "{}, in the log")
    return [
        *(f"`then` of {one}" for one in logged if one not in stored),
        *different(flow.told, before.told, after.told, "`told` of {}"),
    ]


def unlike(
    wanted: Shown, shown: Mapping[tuple[str, str], Sequence[Mapping[str, Any]]]
) -> list[str]:
    """Say what the rows show otherwise than wanted."""
    return [
        f"`shown` of {view}/{key}: expected {dict(data)}, the rows show {list(shown.get((view, key), ()))}"
        for (view, key), data in wanted.items()
        if not any(data.items() <= row.items() for row in shown.get((view, key), ()))
    ]


def _is(event: Event, wanted: Event | type[Event]) -> bool:
    return isinstance(event, wanted) if isinstance(wanted, type) else event == wanted
