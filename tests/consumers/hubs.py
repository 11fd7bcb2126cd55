"""A hub of one partition before a consumer, and what hosts bring of it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from consumers.mailbox import command_in
from consumers.place_in_hub import Follower
from consumers.stored_events import event_in
from shared.adapters.memory import MemoryLog, MemoryProgress
from shared.kernel.errors import LogUnavailable, StoreUnavailable
from shared.kernel.ports import LogReader, NumberedMessage, StoredPosition
from tests.consumers.walks import BAD, UNREADABLE, Followed
from tests.kernel.asking import no_pause

LONG_AGO = timedelta()


class Places(MemoryProgress):
    """Places, and how often they were asked for and written; now and then they are away."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.away = 0

    async def find(self, name: str) -> StoredPosition | None:
        self.asked.append("find")
        self._meet()
        return await super().find(name)

    async def advance(self, name: str, position: str, replacing: str | None) -> str | None:
        self.asked.append("advance")
        self._meet()
        return await super().advance(name, position, replacing)

    def _meet(self) -> None:
        if self.away:
            self.away -= 1
            raise StoreUnavailable("not now")


class Hub:
    """Steps of the bad walk on a hub, by their numbers there: step 1 is number 0."""

    def __init__(self, subject: Followed) -> None:
        self.subject = subject
        self.log = MemoryLog(partitions=1)
        self.places = Places()
        self.opened = 0
        self.away = 0
        self.pauses: list[int] = []

    async def open(self) -> LogReader:
        self.opened += 1
        if self.away:
            self.away -= 1
            raise LogUnavailable("not now")
        return self.log

    def host(self, partitions: int = 1) -> Follower:
        """Start a host: it remembers nothing."""

        async def pause(attempt: int) -> None:
            self.pauses.append(attempt)
            await no_pause(attempt)

        subject = self.subject
        return Follower(
            consumer=subject.consumer,
            handle=subject.handle,
            progress=self.places,
            hub=self.open,
            parking=subject.parking,
            partitions=partitions,
            now=lambda: datetime.now(UTC),
            pause=pause,
            read=command_in if subject.consumer == "mailbox" else event_in,
        )

    async def send(self, *steps: int) -> None:
        """Let steps come to the hub."""
        stored = await self.subject.stored(BAD, max(steps), "")
        await self.log.send(0, [self.subject.body(stored[step - 1]) for step in steps])

    async def bring(self, host: Follower, *steps: int) -> None:
        """Let the platform bring the messages of steps, in the order in which they were sent."""
        await host.take([self.message(step - 1) for step in steps])

    def message(self, number: int) -> NumberedMessage:
        """Give a message."""
        return NumberedMessage(number, self.log.messages[0][number])

    async def send_unreadable(self) -> None:
        """Let something come that nobody can read."""
        await self.log.send(0, [UNREADABLE])

    async def place(self) -> int | None:
        """Give the step up to which all is done, as the store knows it."""
        position = await self.places.read(f"{self.subject.consumer}:0")
        return int(position) + 1 if position is not None else None

    def order(self) -> Sequence[int]:
        """Give the steps that have taken effect, in the order of their first effects."""
        return list(dict.fromkeys(self.subject.order()))
