"""A library of one book, whose deadlines the tests choose, and whose clock they set."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from consumers.deadlines import Deadlines
from consumers.projections import Projections
from shared.adapters.memory import (
    MemoryEventStore,
    MemoryLog,
    MemoryParking,
    MemoryProgress,
    MemoryRows,
)
from shared.kernel.commands.dispatcher import dispatcher
from shared.kernel.messages.commit import Commit
from shared.kernel.messages.envelope import encode_all
from shared.kernel.messages.message import Command
from shared.kernel.ports import Log
from shared.kernel.reactions.deadline import Deadline
from tests.kernel.asking import asked, at_noon, no_pause
from tests.kernel.lending import BOOK, lending, loans


@dataclass
class Library:
    """Books, and a clock that the test sets."""

    deadlines: Sequence[Deadline]
    moment: datetime = field(default_factory=at_noon)
    store: MemoryEventStore = field(default_factory=MemoryEventStore)
    rows: MemoryRows = field(default_factory=MemoryRows)
    parking: MemoryParking = field(default_factory=MemoryParking)

    def __post_init__(self) -> None:
        self.domain = replace(lending, deadlines=tuple(self.deadlines))
        self.dispatcher = dispatcher(self.domain, self.store, lambda: self.moment, no_pause)

    async def do(self, *commands: Command, by: str = "ann") -> None:
        """Carry out commands, and bring the rows up to date."""
        for command in commands:
            await self.unseen(command, by=by)
        await self.seen()

    async def unseen(self, command: Command, by: str = "ann") -> None:
        """Carry out a command that no row shows."""
        request = asked(command, f"k{len(self.store.written)}", BOOK)
        request = replace(request, metadata=replace(request.metadata, actor=by))
        await self.dispatcher.dispatch(request)

    async def seen(self) -> None:
        log = MemoryLog(partitions=4)

        async def give_log() -> Log:
            return log

        projections = Projections(
            (loans,), self.rows, self.store, self.parking, give_log, lambda: self.moment
        )
        await projections.project([one for c in self.store.written for one in encode_all(c)])

    @property
    def looking(self) -> Deadlines:
        working = self.rows, self.store, self.dispatcher, self.parking, MemoryProgress()
        return Deadlines(self.deadlines, *working, lambda: self.moment)

    async def after(self, days: float, *, at_once: bool = True) -> int:
        """Look so many days after noon; gives how often somebody was told."""
        self.moment = at_noon() + timedelta(days=days)
        told = await self.looking.run()
        if at_once:
            await self.seen()
        return told

    @property
    def told(self) -> list[Commit]:
        """What the deadlines have made of the book."""
        return [one for one in self.store.written if one.events[0].type == "Reminded"]
