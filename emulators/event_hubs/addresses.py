"""The addresses of links: `hub`, `hub/Partitions/0`, `hub/ConsumerGroups/group/Partitions/0`."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from emulators.event_hubs.claims import Path
from emulators.event_hubs.refusals import LOST, NOT_FOUND, RefusedError

CBS = "$cbs"
MANAGEMENT = "$management"


@dataclass(frozen=True, slots=True)
class Address:
    """Names in lower case, as the service compares them."""

    hub: str
    group: str | None = None
    partition: str | None = None

    @property
    def path(self) -> Path:
        """What a token must open."""
        group = () if self.group is None else ("consumergroups", self.group)
        partition = () if self.partition is None else ("partitions", self.partition)
        return (self.hub, *group, *partition)


def read_address(address: Any) -> Address:  # noqa: ANN401 - from the wire
    """Take an address apart; raises RefusedError when it leads nowhere."""
    path = urlsplit(address).path if isinstance(address, str) else ""
    match path.strip("/").lower().split("/"):
        case [hub] if hub:
            return Address(hub)
        case [hub, "partitions", partition]:
            return Address(hub, None, partition)
        case [hub, "consumergroups", group, "partitions", partition]:
            return Address(hub, group, partition)
    raise RefusedError(NOT_FOUND, LOST.format(address))
