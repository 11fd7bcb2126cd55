"""What every connection shares: the hubs, their log, their readers, the faults in force."""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from emulators.event_hubs.addresses import Address
from emulators.event_hubs.log import Log, Partition
from emulators.event_hubs.partitioning import partition_of
from emulators.event_hubs.readers import Readers
from emulators.event_hubs.refusals import (
    ARGUMENT_OUT_OF_RANGE,
    LOST,
    NOT_FOUND,
    RefusedError,
)
from emulators.faults import Faults

DEFAULT_GROUP = "$default"
DEFAULT_PARTITIONS = 4
DEFAULT_RETENTION_HOURS = 168


@dataclass(frozen=True, slots=True)
class Hub:
    """An event hub; names of consumer groups in lower case, `retention` in milliseconds."""

    name: str
    partitions: Mapping[str, Partition]
    groups: frozenset[str]
    retention: int
    turns: Iterator[Partition]

    def partition(self, name: str | None) -> Partition:
        """Find a partition; raises RefusedError."""
        found = self.partitions.get(name or "")
        if found is None:
            raise RefusedError(
                ARGUMENT_OUT_OF_RANGE,
                f"The specified partition '{name}' is invalid for an EventHub partition sender or"
                f" receiver. It should be between 0 and {len(self.partitions) - 1}.",
            )
        return found

    def choose(self, key: str | None) -> Partition:
        """Choose a partition by key, or the next in turn."""
        if key is None:
            return next(self.turns)
        return self.partitions[str(partition_of(key, len(self.partitions)))]


@dataclass(frozen=True, slots=True)
class Namespace:
    """The hubs by their names in lower case; `token` is what identities show, if any may come."""

    hubs: Mapping[str, Hub]
    log: Log
    readers: Readers
    faults: Faults
    token: str | None = None

    def hub(self, name: str | None) -> Hub:
        """Find a hub; raises RefusedError."""
        found = self.hubs.get((name or "").lower())
        if found is None:
            raise RefusedError(NOT_FOUND, LOST.format(name))
        return found

    def source(self, address: Address) -> Partition:
        """Find the partition that a reader asks for; raises RefusedError."""
        hub = self.hub(address.hub)
        if address.group not in hub.groups:
            raise RefusedError(NOT_FOUND, LOST.format(f"{hub.name}/consumergroups/{address.group}"))
        return hub.partition(address.partition)


async def open_namespace(
    log: Log, described: Mapping[str, Mapping[str, Any]], faults: Faults, token: str | None
) -> Namespace:
    """Make the hubs as they are described, by `partitions`, `consumerGroups` and `retentionHours`."""
    hubs = {
        name.lower(): await _open_hub(log, name, description)
        for name, description in described.items()
    }
    return Namespace(hubs, log, Readers(), faults, token)


async def _open_hub(log: Log, name: str, description: Mapping[str, Any]) -> Hub:
    partitions = await log.open(name, description.get("partitions", DEFAULT_PARTITIONS))
    groups = {group.lower() for group in description.get("consumerGroups", ())}
    hours = description.get("retentionHours", DEFAULT_RETENTION_HOURS)
    return Hub(
        name=name,
        partitions=partitions,
        groups=frozenset({DEFAULT_GROUP, *groups}),
        retention=int(hours * 3_600_000),
        turns=itertools.cycle(partitions.values()),
    )
