"""The log in memory."""

from collections.abc import Sequence
from datetime import UTC, datetime

from shared.adapters.limits import LARGEST_MESSAGE, MESSAGE_OVERHEAD
from shared.kernel.errors import EventTooLarge


class MemoryLog:
    """Keeps what was sent, partition by partition."""

    def __init__(self, partitions: int) -> None:
        self.messages: list[list[bytes]] = [[] for _ in range(partitions)]
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
        self.times[partition].extend([datetime.now(UTC)] * len(bodies))

    async def extents(self) -> Sequence[tuple[int, int]]:
        return [(0, len(messages) - 1) for messages in self.messages]

    async def time_after(self, partition: int, sequence: int) -> datetime | None:
        return next(iter(self.times[partition][sequence + 1 :]), None)
