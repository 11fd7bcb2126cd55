"""A store whose whole history is in files and in a hub, and an auditor of both."""

from collections.abc import Callable
from dataclasses import replace
from itertools import batched, count

from consumers.replay.audit import BUDGET, Audit
from consumers.replay.audit_note import NOT_TOLD, AuditNote
from consumers.replay.log import WholeLog
from shared.adapters.memory import (
    MemoryArchive,
    MemoryEventStore,
    MemoryFeed,
    MemoryLog,
    MemoryParking,
    MemoryProgress,
)
from shared.kernel.delivery.partition import partition_of
from shared.kernel.messages.commit import Commit
from shared.kernel.messages.envelope import decode, encode, encode_all
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import NumberedMessage
from tests.kernel.worlds import commit, received

MARGIN = 120.0
PARTITIONS = 2
FILE = 4
SKU = "item-SKU3"


class Audited:
    """A store, and a log of two partitions; the archive has all but the last messages in files of four."""

    def __init__(self) -> None:
        self.seconds = 1_000.0
        self.store = MemoryEventStore(clock=lambda: self.seconds)
        self.feed = MemoryFeed(self.store, page=3, ranges=["-20", "20-FF"])
        self.hub = MemoryLog(PARTITIONS)
        self.archive = MemoryArchive(block=3)
        self.parking, self.progress = MemoryParking(), MemoryProgress()
        self.ticks = count()

    async def write(self, *commits: Commit) -> None:
        """Store commits, and tell the log of them."""
        await self.keep(*commits)
        await self.tell(*commits)

    async def keep(self, *commits: Commit) -> None:
        """Store commits."""
        for one in commits:
            await self.store.append([one])

    async def tell(self, *commits: Commit) -> None:
        """Tell the log of commits."""
        for one in commits:
            partition = partition_of(one.stream, PARTITIONS)
            await self.hub.send(partition, encode_all(one))

    def capture(self) -> None:
        """Let the archive have all, and the hub the last three of each partition."""
        for partition, bodies in enumerate(self.hub.messages):
            messages = [NumberedMessage(*one) for one in enumerate(bodies)]
            for window, some in enumerate(batched(messages, FILE, strict=False)):
                self.archive.keep(partition, window, some)
            self.hub.expire(partition, max(0, len(messages) - 3))

    def wait(self) -> None:
        """Let the publisher have had all the time that it is given."""
        self.seconds += MARGIN

    def auditor(self, budget: int = BUDGET, store: MemoryEventStore | None = None) -> Audit:
        """Give the audit as a new process runs it; each look at its clock takes a second."""

        async def log() -> WholeLog:
            return WholeLog(self.hub, self.archive)

        return Audit(
            self.feed,
            store or self.store,
            log,
            self.parking,
            self.progress,
            MARGIN,
            lambda: float(next(self.ticks)),
            budget,
        )

    async def audit(self, budget: int = BUDGET) -> AuditNote:
        """Audit all of it once the publisher had its time."""
        self.wait()
        auditor = self.auditor(budget)
        await auditor.begin()
        await auditor.run(1e9)
        note = await auditor.note()
        assert note is not None
        return note

    async def found(self) -> list[str]:
        """Audit, and tell the differences."""
        note = await self.audit()
        assert note.phase == "done"
        assert note.differences.counted == len(note.differences.first)
        return sorted(map(str, note.differences.first))

    def change(self, stream: str, version: int, change: Callable[[bytes], bytes | None]) -> None:
        """Change a message of the log, or take it away."""
        bodies = self.hub.messages[partition_of(stream, PARTITIONS)]
        (place,) = (
            number for number, body in enumerate(bodies) if decode(body).id == f"{stream}@{version}"
        )
        changed = change(bodies[place])
        bodies[place : place + 1] = [] if changed is None else [changed]


def forged(**attributes: object) -> Callable[[bytes], bytes]:
    """Give what puts other attributes into a message."""
    return lambda body: encode(decode(body).model_copy(update=attributes))


def history(streams: int = 7, versions: int = 6) -> list[Commit]:
    """Give commits of items, of one, two and one events, in turn."""
    found: list[Commit] = []
    for version in range(1, versions + 1):
        for number in range(streams):
            stream = StreamName("item", f"SKU{number}")
            if version % 3 == 2:
                continue
            events = [received(version)] if version % 3 == 1 else [received(1), received(2)]
            made = commit(version, *events, command_id=f"c{number}-{version}", stream=stream)
            found.append(replace(made, command_digest=f"{number:064x}"))
    return found


async def audited(streams: int = 7, versions: int = 6) -> Audited:
    """Give a world with a history of which store and log say the same."""
    world = Audited()
    await world.write(*history(streams, versions))
    return world


async def lacking() -> Audited:
    """Give a world whose log lacks a version of each of two streams."""
    world = await audited()
    for stream in (SKU, "item-SKU5"):
        world.change(stream, 4, lambda _: None)
    world.capture()
    world.wait()
    return world


async def noted(auditor: Audit) -> AuditNote:
    """Read the note of an audit that was begun."""
    note = await auditor.note()
    assert note is not None
    return note


def check(note: AuditNote) -> None:
    """Compare a note with what the log lacks."""
    assert (note.phase, note.events, note.messages) == ("done", 42, 40)
    assert {str(one) for one in note.differences.first} == {
        f"item-SKU3@4: {NOT_TOLD}",
        f"item-SKU5@4: {NOT_TOLD}",
    }
    assert note.differences.counted == 2
