"""Messages of the log under watch, when they are sent and when they are handled."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from pydantic_core import from_json

from shared.adapters.names import SINGLE_PUBLISHER
from shared.adapters.otel.metric_names import BATCH, LAG
from shared.adapters.otel.watcher import Watcher
from shared.kernel.ports import Log, NumberedMessage


class WatchedLog:
    """The log, and what is seen of what it is sent."""

    def __init__(self, log: Log, watcher: Watcher) -> None:
        self._log = log
        self._watcher = watcher

    @property
    def partitions(self) -> int:
        return self._log.partitions

    @property
    def largest(self) -> int:
        return self._log.largest

    async def send(self, partition: int, bodies: Sequence[bytes]) -> None:
        with seen(SINGLE_PUBLISHER, bodies, self._watcher):
            await self._log.send(partition, bodies)


@contextmanager
def handled(stage: str, messages: Sequence[NumberedMessage], watcher: Watcher) -> Iterator[None]:
    """Watch a function handle a batch of messages; it is counted and logged if it fails."""
    bodies = [one.body for one in messages]
    met = f" on messages {messages[0].number} to {messages[-1].number}"
    with watcher.failures(stage, lambda: met), seen(stage, bodies, watcher):
        yield


@contextmanager
def seen(stage: str, bodies: Sequence[bytes], watcher: Watcher) -> Iterator[None]:
    """Watch a stage take messages: how many, how old, in which traces."""
    members = [_members(body) for body in bodies]
    about = {"stage": stage}
    watcher.record(BATCH, len(bodies), about)
    times = [moment for one in members if (moment := _moment(one)) is not None]
    if times:
        watcher.record(LAG, max(0.0, (datetime.now(UTC) - min(times)).total_seconds()), about)
    traceparents = [str(one.get("traceparent", "")) for one in members]
    with watcher.batch(stage, traceparents, {"onewrite.batch_size": len(bodies)}):
        yield


def _members(body: bytes) -> Mapping[str, Any]:
    """Read a body as far as it can be read: what is no envelope is the consumer's to park."""
    try:
        found = from_json(body)
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    # What waits in the mailbox has them one level deeper.
    within = found.get("metadata")
    return within if isinstance(within, dict) else found


def _moment(members: Mapping[str, Any]) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(members.get("time")))
    except ValueError:
        return None
    return moment if moment.tzinfo else None
