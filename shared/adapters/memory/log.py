"""The log in memory."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from shared.adapters.size_limits import LARGEST_MESSAGE, MESSAGE_OVERHEAD
from shared.kernel.delivery.partition import check_partitions
from shared.kernel.errors import EventTooLarge
from shared.kernel.ports import NumberedMessage


class MemoryLog:
    """Keeps what was sent, partition by partition."""

    def __init__(
        self, partitions: int, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._now = now
        self.messages: list[list[bytes]] = [[] for _ in range(partitions)]
        self.begins = [0] * partitions
        self.times: list[list[datetime]] = [[] for _ in range(partitions)]

    @property
    def partitions(self) -> int:
        return len(self.messages)

    @property
    def largest(self) -> int:
        return LARGEST_MESSAGE - MESSAGE_OVERHEAD

    async def send(self, partition: int, bodies: Sequence[bytes]) -> None:
        for body in bodies:
            if len(body) > LARGEST_MESSAGE:
                raise EventTooLarge(f"a message of {len(body)} bytes")
        self.messages[partition].extend(bodies)
        self.times[partition].extend([self._now()] * len(bodies))

    async def check(self, partitions: int) -> None:
        check_partitions("in memory", self.partitions, partitions)

    async def extents(self) -> Sequence[tuple[int, int]]:
        begins = zip(self.begins, self.messages, strict=True)
        return [(begin, len(messages) - 1) for begin, messages in begins]

    def expire(self, partition: int, begin: int) -> None:
        """Hold no longer what has stood before a number."""
        self.begins[partition] = begin

    async def read(self, partition: int, after: int, most: int) -> Sequence[NumberedMessage]:
        begin = max(after + 1, self.begins[partition])
        found = self.messages[partition][begin : begin + most]
        return [NumberedMessage(number, body) for number, body in enumerate(found, start=begin)]

    async def time_after(self, partition: int, sequence: int) -> datetime | None:
        return next(iter(self.times[partition][sequence + 1 :]), None)
