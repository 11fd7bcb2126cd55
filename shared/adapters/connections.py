"""How a service is reached: with a connection string, or at an address to which an identity is shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from shared.adapters.names import ARCHIVE, COSMOS, EVENT_GRID, EVENT_HUBS
from shared.kernel.errors import ConfigurationError

# What the platform's own triggers read: its names, and its values.
ADDRESSES: Final = {
    COSMOS: "accountEndpoint",
    EVENT_HUBS: "fullyQualifiedNamespace",
    EVENT_GRID: "topicEndpointUri",
    ARCHIVE: "blobServiceUri",
}
MANAGED: Final = "managedidentity"


@dataclass(frozen=True, slots=True)
class Identity:
    """A service at an address; `managed` identities are the platform's, others those of who is signed in."""

    address: str
    client_id: str | None
    managed: bool


type Connection = str | Identity
"""A connection string, or the identity form."""


def find_connection(environment: Mapping[str, str], name: str) -> Connection | None:
    """Read a connection that not every app has; raises ConfigurationError as `read_connection`."""
    if not (environment.get(name) or environment.get(f"{name}__{ADDRESSES[name]}")):
        return None
    return read_connection(environment, name)


def read_connection(environment: Mapping[str, str], name: str) -> Connection:
    """Read a connection in either form; raises ConfigurationError that names the setting."""
    text = environment.get(name, "")
    setting = f"{name}__{ADDRESSES[name]}"
    address = environment.get(setting, "")
    if text and address:
        raise ConfigurationError(f"{name} and {setting} are both set: one of them has to go")
    if text:
        return text
    if not address:
        raise ConfigurationError(
            f"the setting {name} is missing: a connection string, or {setting} to show an identity"
        )
    credential = environment.get(f"{name}__credential", "")
    if credential.lower() not in {"", MANAGED}:
        raise ConfigurationError(
            f"the setting {name}__credential is {credential!r}, and only {MANAGED} is known"
        )
    client_id = environment.get(f"{name}__clientId") or None
    return Identity(address, client_id, managed=bool(credential))


def connection_parts(connection: str) -> dict[str, str]:
    """Split `Name=value;…`; the value may hold `=`."""
    pairs = (part.partition("=") for part in connection.split(";") if part.strip())
    return {name.strip(): value for name, _, value in pairs}


def needed_parts(connection: str, service: str, *names: str) -> list[str]:
    """Give these parts of the connection to a service; raises ConfigurationError for those that it lacks."""
    parts = connection_parts(connection)
    missing = sorted(set(names) - parts.keys())
    if missing:
        raise ConfigurationError(f"the connection to {service} lacks {missing}")
    return [parts[name] for name in names]
