"""The business that runs, in a world of its own: what its specs speak of, in any order, on a few streams.

What must be true there holds for every business: views equal folds, every event has its effects, once.
"""

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from typing import Any

from infra.local.shop.oracle import compare
from shared.kernel.commands.snapshot import Snapshots
from shared.kernel.delivery.parking import Suspecting
from shared.kernel.domain import Domain
from shared.kernel.errors import Poison
from shared.kernel.messages.commit import Commit, timestamp
from shared.kernel.messages.envelope import Envelope, envelopes
from shared.kernel.messages.message import Command, Event
from shared.kernel.messages.stream import StreamName
from shared.kernel.reactions.caused_commands import caused
from shared.kernel.reactions.deadline import Deadline
from shared.kernel.views.folding import placed
from tests.active import domain
from tests.simulation.cloud import Cloud, served_rows
from tests.simulation.deployments import EXPIRY, SNAPSHOT_EVERY
from tests.simulation.invariants import broken_anywhere
from tests.simulation.told import Told
from tests.simulation.virtual_time import now
from tests.simulation.watch import Watch
from tests.specs.all import FLOWS, SPECS
from tests.specs.causing import has_route
from tests.specs.ways import category_of, history

IDS = ("1", "2")
"""Of streams of which no flow speaks."""
MOST_STREAMS = 4
AGES = timedelta(days=100 * 365)
"""So long before its moment a deadline comes, for the specs may name any year."""
BEGUN = 0.6
"""So many streams begin with what a spec says is given."""

type Rows = Mapping[tuple[str, str, str], tuple[int, dict[str, Any]]]


@cache
def commands() -> Mapping[str, Sequence[Command]]:
    """Return all that the specs ask for, by category: of who may ask, only what clients can ask for."""
    found: dict[str, list[Command]] = defaultdict(list)
    for command in (*(spec.when for spec in SPECS), *(flow.when[1] for flow in FLOWS)):
        category = category_of(type(command))
        if category.allow is None or has_route(type(command)):
            found[category.name].append(command)
    return found


@cache
def people() -> Sequence[str | None]:
    """Return all who ask for something in the specs, and nobody known."""
    named = {*(spec.by for spec in SPECS), *(flow.by for flow in FLOWS)}
    return (None, *sorted(one for one in named if one is not None))


@cache
def streams() -> Sequence[StreamName]:
    """Return a few streams of each category: those of the flows, where there are some."""
    told = {name for flow in FLOWS for name in (*flow.given, *flow.then, flow.when[0])}
    found: list[StreamName] = []
    for category in commands():
        own = sorted(name for name in told if StreamName.parse(name).category == category)
        names = own or [f"{category}-{id_}" for id_ in IDS]
        found += map(StreamName.parse, names[:MOST_STREAMS])
    return found


@dataclass
class Wishes:
    """What a client wishes for: anything that a spec asks for, of any of the streams."""

    dice: random.Random

    def wish(self, _number: int) -> tuple[StreamName, Command]:
        """Make the nth wish."""
        stream = self.dice.choice(streams())
        return stream, self.other(stream)

    def asker(self, _command: Command) -> str | None:
        """Say who asks: anybody, whoever asks for it in the specs."""
        return self.dice.choice(people())

    def other(self, stream: StreamName) -> Command:
        """Think of something else to ask of a stream."""
        return self.dice.choice(commands()[stream.category])

    def insists(self, _stream: StreamName) -> bool:
        """Tell whether one may insist on the version of a stream."""
        return True

    def may_wait(self, command: Command) -> bool:
        """Tell whether a command may be left in the mailbox: it has a route."""
        return has_route(type(command))


@cache
def _frequent() -> Domain:
    """The business with snapshots and deadlines that come soon enough to be seen."""
    return replace(
        domain,
        categories=tuple(
            replace(one, snapshots=_often(one.snapshots)) for one in domain.categories
        ),
        deadlines=tuple(map(_soon, domain.deadlines)),
    )


def _soon(one: Deadline) -> Deadline:
    """Let a deadline come at once, or soon after what it waits since, and again as soon."""
    every = EXPIRY if one.every else None
    if one.at:
        return replace(one, before=AGES, every=every)
    return replace(one, after=EXPIRY, every=every)


def _often(one: Snapshots[Any]) -> Snapshots[Any]:
    return Snapshots(one.schema, one.state, one.upcasters, every=SNAPSHOT_EVERY)


def move_in(cloud: Cloud) -> None:
    """Let a cloud run this business."""
    cloud.domain = domain
    cloud.deployed = lambda _dice: _frequent()
    cloud.watch = Watch(adds={})


async def begin(cloud: Cloud, told: Told, dice: random.Random) -> None:
    """Let some streams have a past, as the specs give it."""
    for stream in streams():
        pasts = [
            spec.given for spec in SPECS if category_of(type(spec.when)).name == stream.category
        ]
        given = dice.choice(pasts) if pasts and dice.random() < BEGUN else ()
        for commit in history(stream, given):
            of_today = replace(commit, time=timestamp(now()))
            await cloud.store.append([of_today])
            cloud.watch.saw([of_today])
            told.given.add((commit.stream, commit.command_id))


def broken(cloud: Cloud, told: Told) -> list[str]:
    """Name everything that must not be."""
    written = [one for commit in _sorted(cloud.store.commits()) for one in envelopes(commit)]
    wrong = broken_anywhere(cloud, told)
    try:
        wrong += compare(_folded(written), served_rows(cloud.rows))
        wrong += _without_effect(cloud, written)
    except Poison as poison:
        return [*wrong, f"the business cannot handle {poison}"]
    return wrong + (_untold(cloud, written) if "notifications" in cloud.readers else [])


def _sorted(commits: Sequence[Commit]) -> list[Commit]:
    return sorted(commits, key=lambda commit: (commit.stream, commit.version))


def _folded(written: Sequence[Envelope]) -> Rows:
    """Fold every event of every stream at once, as no projection does."""
    found: dict[tuple[str, str, str], tuple[int, dict[str, Any]]] = {}
    rows: dict[tuple[str, str, str], Any] = {}
    for envelope in written:
        for view in domain.kept_views:
            if view.folds(envelope.stream.category):
                row, event = placed(view, envelope)
                at = (row.view, row.key, row.stream)
                with Suspecting(envelope.subject, envelope.sequence):
                    rows[at] = view.evolve(rows.get(at, view.data_type()), event)
                found[at] = (envelope.sequence, rows[at].model_dump(mode="json"))
    return found


def _without_effect(cloud: Cloud, written: Sequence[Envelope]) -> Iterator[str]:
    """Name what an event was to cause, and nobody has decided on."""
    for envelope in written:
        with Suspecting(envelope.subject, envelope.sequence):
            requests = list(caused(domain, envelope))
        for request in requests:
            if (str(request.stream), request.command_id) not in cloud.decided:
                event = f"{envelope.subject}@{envelope.sequence}"
                yield f"{event} was to cause {request.command!r} at {request.stream}"


def _untold(cloud: Cloud, written: Sequence[Envelope]) -> list[str]:
    """Name what others were not told of, what was made up, and what differs from the time before."""
    expected = {
        f"{envelope.subject}@{envelope.sequence}/{domain.public_type(one)}"
        for envelope in written
        for one in domain.enrichers
        if isinstance(_event(envelope), one.event) and one.category.name == envelope.stream.category
    }
    told = {one.id for one in cloud.topic.published}
    return [
        *(f"{id_} is told, and did not happen" for id_ in sorted(told - expected)),
        *(f"nobody was told of {id_}" for id_ in sorted(expected - told)),
    ]


def _event(envelope: Envelope) -> Event:
    category = domain.category(envelope.stream.category)
    return category.decode(envelope.type, envelope.schema_number, envelope.data)
