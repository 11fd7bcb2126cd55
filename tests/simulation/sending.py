"""What is sent elsewhere than to the log, as one host sees it: commands that are to wait, and notifications."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.kernel.errors import LogUnavailable, NotifierUnavailable
from shared.kernel.messages.notification import Notification, Unwanted
from shared.kernel.ports import Log, Notifier
from tests.simulation.calls import Calls


@dataclass
class SimHub:
    """The hub of the commands that wait: it has what it has acknowledged, and maybe more."""

    calls: Calls
    inner: Log

    @property
    def partitions(self) -> int:
        return self.inner.partitions

    async def send(self, partition: int, bodies: Sequence[bytes]) -> None:
        send = lambda: self.inner.send(partition, bodies)  # noqa: E731
        name = f"leave command {partition}"
        await self.calls.call(name, send, lambda _: LogUnavailable("no answer"))


@dataclass
class SimNotifier:
    """The topic: what it does not acknowledge may have been told."""

    calls: Calls
    inner: Notifier

    @property
    def largest(self) -> int:
        return self.inner.largest

    async def publish(self, notifications: Sequence[Notification]) -> Sequence[Unwanted]:
        publish = lambda: self.inner.publish(notifications)  # noqa: E731
        name = f"publish {' '.join(told.id for told in notifications)}"
        return await self.calls.call(name, publish, lambda _: NotifierUnavailable("no answer"))
