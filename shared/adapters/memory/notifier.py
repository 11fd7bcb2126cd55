"""The topic in memory."""

from collections.abc import Sequence

from shared.adapters.size_limits import LARGEST_MESSAGE, MESSAGE_OVERHEAD
from shared.kernel.errors import NotificationTooLarge
from shared.kernel.messages.notification import Notification, Unwanted, size_of


class MemoryNotifier:
    """Keeps what was published, in the order in which it came."""

    def __init__(self) -> None:
        self.published: list[Notification] = []

    @property
    def largest(self) -> int:
        return LARGEST_MESSAGE - MESSAGE_OVERHEAD

    async def publish(self, notifications: Sequence[Notification]) -> list[Unwanted]:
        for one in notifications:
            if size_of(one) > self.largest:
                raise NotificationTooLarge(f"{one.id} has {size_of(one)} bytes")
        self.published += notifications
        return []
