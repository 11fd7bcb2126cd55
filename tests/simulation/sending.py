"""The hubs as one host sees them, but for what the publisher sends; and the topic."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.kernel.delivery.partition import check_partitions
from shared.kernel.errors import LogUnavailable, NotifierUnavailable
from shared.kernel.messages.notification import Notification, Unwanted
from shared.kernel.ports import Log, LogReader, Notifier, NumberedMessage
from tests.simulation.calls import Calls


@dataclass
class SimHub:
    """The hub of the commands that wait: it has what it has acknowledged, and maybe more."""

    calls: Calls
    inner: Log

    @property
    def partitions(self) -> int:
        return self.calls.partitions

    async def send(self, partition: int, bodies: Sequence[bytes]) -> None:
        check_partitions("commands", self.inner.partitions, self.partitions)
        send = lambda: self.inner.send(partition, bodies)  # noqa: E731
        name = f"leave command {partition}"
        await self.calls.call(name, send, lambda _: LogUnavailable("no answer"))


@dataclass
class SimReader:
    """What a hub holds, for whoever reads it beside the platform."""

    calls: Calls
    inner: LogReader

    async def check(self, partitions: int) -> None:
        # Another number is no weather, and a hub that does not answer is met in the other calls.
        await self.inner.check(partitions)

    async def extents(self) -> Sequence[tuple[int, int]]:
        return await self.calls.call("extents", self.inner.extents, self._failed)

    async def time_after(self, partition: int, sequence: int) -> datetime | None:
        time = lambda: self.inner.time_after(partition, sequence)  # noqa: E731
        return await self.calls.call(f"time after {sequence}", time, self._failed)

    async def read(self, partition: int, after: int, most: int) -> Sequence[NumberedMessage]:
        read = lambda: self.inner.read(partition, after, most)  # noqa: E731
        return await self.calls.call(f"read hub behind {after}", read, self._failed)

    def _failed(self, _happened: bool) -> LogUnavailable:  # noqa: FBT001 - as `call` asks
        return LogUnavailable("no answer")


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
