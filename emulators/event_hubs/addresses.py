"""The addresses of links: `hub`, `hub/Partitions/0`, `hub/ConsumerGroups/group/Partitions/0`."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from emulators.event_hubs.refusals import NOT_FOUND, RefusedError

CBS = "$cbs"
MANAGEMENT = "$management"


@dataclass(frozen=True, slots=True)
class Address:
    """Names in lower case, as the service compares them."""

    hub: str
    group: str | None = None
    partition: str | None = None


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
    raise RefusedError(NOT_FOUND, f"The messaging entity {address!r} could not be found.")
