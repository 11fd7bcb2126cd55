"""The cloud of a simulation: what survives every crash, and the platform's own book-keeping."""

import asyncio
import random
import zlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from infra.local.shop.expected_rows import RowKey
from infra.local.shop.oracle import served
from shared.adapters.cosmos.codec import LIMITS
from shared.adapters.memory import (
    MemoryEventStore,
    MemoryFeed,
    MemoryFeedPages,
    MemoryLog,
    MemoryNotifier,
    MemoryOutcomes,
    MemoryParking,
    MemoryProgress,
    MemoryRows,
)
from shared.domain.shop import domain as shop
from shared.kernel.delivery.sweep_note import NAME as SWEEP
from shared.kernel.domain import Domain
from shared.kernel.messages.commit import Commit
from tests.simulation.deployments import deployed
from tests.simulation.trigger import STRETCHES, Trigger
from tests.simulation.virtual_time import now
from tests.simulation.watch import Places, Watch

if TYPE_CHECKING:
    from tests.simulation.following import Following

RANGES, PARTITIONS = len(STRETCHES), 2
BOUNDS = ("08", "10", "18", "20", "28", "30")
"""Where the feed may be cut: as a cut comes a range splits, and as it goes two merge."""
READERS = ("projections", "reactions", "notifications", "mailbox")
"""Who reads a hub: the last one that of the commands, all others the log."""

STORE_LIMITS = replace(LIMITS, state=140)
"""Some states ride in a commit, and others are kept beside it."""

HEARD = 0.3
"""So often others hear that an owner goes to work, and may take from it what it works on."""
GENERATIONS = "~generations"


@dataclass
class Claim:
    """A lease of a feed range, or the ownership of a partition: who has it, and how far it is done."""

    owner: str | None = None
    position: int = 0
    tag: int = 0
    gone: bool = False
    _waiting: list[asyncio.Future[None]] = field(default_factory=list)

    def begin(self, dice: random.Random) -> None:
        """Say that its owner goes to work: that is when it hurts to lose it. Now and then somebody hears it."""
        if dice.random() < HEARD:
            for one in self._waiting:
                _wake(one)
            self._waiting.clear()

    async def wait(self, seconds: float) -> None:
        """Wait until its owner goes to work, at most for so long."""
        loop = asyncio.get_running_loop()
        begun: asyncio.Future[None] = loop.create_future()
        self._waiting.append(begun)
        enough = loop.call_later(seconds, _wake, begun)
        await begun
        enough.cancel()

    def take(self, owner: str | None) -> None:
        """Give it to a host, whoever had it."""
        self.owner = owner
        self.tag += 1

    def advance(self, tag: int, position: int) -> bool:
        """Note what is done, unless another host has taken it meanwhile."""
        if self.tag != tag:
            return False
        self.position = position
        return True


def event_id(body: bytes) -> str:
    """Give the id of an envelope, which is its second member, without reading the rest."""
    return body.split(b'"', 8)[7].decode()


def _wake(one: asyncio.Future[None]) -> None:
    if not one.done():
        one.set_result(None)


@dataclass
class Cloud:
    """The memory twins, and who owns which part of the feed and of the log; the consumer `held` takes nothing.

    While the views are `spoilt`, one kind of event is poison; older code cannot read the streams in `newer`.
    A sweep that is `hurried` has time for a small page of each range. The `clocks` of hosts are wrong by so much.
    `domain` is the business, and `deployed` chooses a version of it; another service may be `following` its feed.
    `decided` are the commands that were looked for or stored: a decision that nothing is to be done is one too.
    """

    store: MemoryEventStore = field(default_factory=lambda: MemoryEventStore(limits=STORE_LIMITS))
    rows: MemoryRows = field(default_factory=MemoryRows)
    log: MemoryLog = field(default_factory=lambda: MemoryLog(PARTITIONS, now))
    waiting: MemoryLog = field(default_factory=lambda: MemoryLog(PARTITIONS, now))
    topic: MemoryNotifier = field(default_factory=MemoryNotifier)
    pages: MemoryFeedPages = field(default_factory=MemoryFeedPages)
    outcomes: MemoryOutcomes = field(default_factory=MemoryOutcomes)
    parking: MemoryParking = field(default_factory=MemoryParking)
    progress: MemoryProgress = field(init=False)
    bounds: set[str] = field(default_factory=lambda: {"10", "28"})
    trigger: Trigger = field(default_factory=Trigger)
    readers: dict[str, list[Claim]] = field(
        default_factory=lambda: {name: [Claim() for _ in range(PARTITIONS)] for name in READERS}
    )
    ranges: list[list[Commit]] = field(default_factory=lambda: [[] for _ in range(RANGES)])
    sorted: int = 0
    lost: set[int] = field(default_factory=set)
    losses: Counter[bytes] = field(default_factory=Counter)
    back: list[str] = field(default_factory=list)
    held: str = ""
    clocks: Mapping[str, timedelta] = field(default_factory=dict)
    spoilt: bool = False
    hurried: bool = False
    newer: set[str] = field(default_factory=set)
    decided: set[tuple[str, str]] = field(default_factory=set)
    watch: Watch = field(default_factory=Watch)
    following: "Following | None" = None
    domain: Domain = shop
    deployed: Callable[[random.Random], Domain] = deployed

    def __post_init__(self) -> None:
        self.progress = Places(self.back)

    def clock(self, host: str) -> Callable[[], datetime]:
        """Give the clock of a host."""
        wrong = self.clocks.get(host, timedelta())
        return lambda: now() + wrong

    def feed(self, page: int) -> MemoryFeed:
        """The feed as others than the trigger read it, in the ranges that there are now."""
        return MemoryFeed(self.store, page, self.cut())

    def cut(self) -> list[str]:
        """Give the ranges of the feed."""
        cuts = ["", *sorted(self.bounds), "FF"]
        return [f"{first}-{beyond}" for first, beyond in pairwise(cuts)]

    def make_leases(self) -> None:
        """Make the leases of the trigger that are missing."""
        self.trigger.make([Claim() for _ in range(RANGES)])

    def range_of(self, number: int) -> list[Commit]:
        """The commits of a range, in the order in which they were written."""
        for commit in self.store.written[self.sorted :]:
            self.ranges[zlib.crc32(commit.stream.encode()) % RANGES].append(commit)
            self.sorted += 1
        return self.ranges[number]

    def hub(self, reader: str) -> MemoryLog:
        """Give the hub that somebody reads."""
        return self.waiting if reader == "mailbox" else self.log

    def messages(self, reader: str, number: int) -> list[bytes]:
        """Give the partition of a hub that somebody reads."""
        return self.hub(reader).messages[number]

    def is_done(self, reader: str, number: int) -> bool:
        """Tell whether a consumer has its place at the end of a partition."""
        position = self.progress.positions.get(f"{reader}:{number}", "-1")
        return int(position) == len(self.messages(reader, number)) - 1

    def unseen(self, bodies: Sequence[bytes], known: Mapping[str, dict[str, Any]]) -> list[str]:
        """Name the events of messages that no row has seen, or not every row of their stream.

        Only generations count that were `known` when work on the messages began: the feed fills those of later.
        """
        events = [event_id(body).rpartition("@") for body in bodies]
        streams, current = {stream for stream, _, _ in events}, self.generations()
        seen: dict[str, int] = {}
        for row in self.rows.all():
            stream, view = row.at.stream, row.at.view
            if stream in streams and _is_kept_up(view, known) and _is_kept_up(view, current):
                seen[stream] = min(row.version, seen.get(stream, row.version))
        excused = {marker.stream for marker in self.parking.markers()}
        excused |= {stream for stream, _ in self.skipped()}
        return [
            f"{stream}@{version} counts as projected, and a row is behind it"
            for stream, _, version in events
            if seen.get(stream, 0) < int(version) and stream not in excused
        ]

    def poison(self) -> set[tuple[str, int]]:
        """Name the events that a view with a bug cannot fold."""
        return {
            (commit.stream, version)
            for commit in self.store.written
            for version, event in enumerate(commit.events, commit.first)
            if event.type == "ReorderPointChanged"
        }

    def skipped(self) -> set[tuple[str, int]]:
        """Name the events that operators have skipped."""
        return {(one.stream, one.version) for one in self.parking.skips()}

    def generations(self) -> dict[str, dict[str, Any]]:
        """Give the generations of every view that was ever rebuilt."""
        found = [row.data for row in self.rows.all() if row.at.view == GENERATIONS]
        return found[0] if found else {}

    def settled(self) -> bool:
        """Tell whether nothing waits for the publisher or for a consumer, and no view is being rebuilt."""
        rebuilt = self.generations().values()
        leases = self.trigger.leases
        # Where nobody sweeps, old rows are kept for ever.
        last = "emptied" if SWEEP in self.progress.positions else "serving"
        return (
            all(one[last] == one["newest"] for one in rebuilt)
            and len(leases) == RANGES
            and all(one.position == len(self.range_of(number)) for number, one in leases.items())
            and all(
                claim.position == len(self.messages(reader, number))
                and self.is_done(reader, number)
                for reader, claims in self.readers.items()
                for number, claim in enumerate(claims)
            )
        )


def _is_kept_up(name: str, known: Mapping[str, dict[str, Any]]) -> bool:
    view, _, number = name.partition("~")
    own = known.get(view, {})
    return name != GENERATIONS and int(number or 0) in {
        own.get(which, 0) for which in ("oldest", "serving", "newest")
    }


def served_rows(rows: MemoryRows) -> dict[RowKey, tuple[int, dict[str, Any]]]:
    """Give the version and the data of every row that is read."""
    return served(asdict(row.at) | {"version": row.version, "data": row.data} for row in rows.all())
