"""What the kernel asks of the log, and of who tells others."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from shared.kernel.messages.notification import Notification, Unwanted


class Log(Protocol):
    """The log that consumers read; what is sent to one partition stays in order."""

    @property
    def partitions(self) -> int:
        """How many partitions the log has."""
        ...

    @property
    def largest(self) -> int:
        """How many bytes a message may have."""
        ...

    async def send(self, partition: int, bodies: Sequence[bytes]) -> None:
        """Append messages to a partition, in order; raises LogUnavailable, EventTooLarge.

        After an error any of them may be in the log.
        """
        ...


class NumberedMessage(NamedTuple):
    """A message of the log and its number in its partition: the next one has the next number."""

    number: int
    body: bytes


class LogReader(Protocol):
    """What the log holds, for those who only ask."""

    async def check(self, partitions: int) -> None:
        """Compare the hub with the number of its partitions; raises ConfigurationError, LogUnavailable."""
        ...

    async def extents(self) -> Sequence[tuple[int, int]]:
        """Returns first and last number of each partition (empty: last < first); raises LogUnavailable."""
        ...

    async def time_after(self, partition: int, sequence: int) -> datetime | None:
        """Give the time at which the log took the message behind a sequence number; raises LogUnavailable."""
        ...

    async def read(self, partition: int, after: int, most: int) -> Sequence[NumberedMessage]:
        """Read messages behind a number that is not the last; raises LogUnavailable.

        Begins with the first that the log still holds, and may give fewer than there are.
        """
        ...


class Notifier(Protocol):
    """The topic that tells others; it promises no order, and may tell twice."""

    @property
    def largest(self) -> int:
        """How many bytes a notification may have."""
        ...

    async def publish(self, notifications: Sequence[Notification]) -> Sequence[Unwanted]:
        """Publish, in as few requests as hold it; returns those that are refused for good.

        Raises NotificationTooLarge (none is published), NotifierUnavailable (any of them may be).
        """
        ...
