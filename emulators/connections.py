"""The connection strings of the emulators: their keys are published, and the same for everybody."""

from typing import Final

from emulators.cosmos.authorization import KEY as COSMOS_KEY
from emulators.event_grid.authorization import KEY as EVENT_GRID_KEY
from emulators.event_hubs.cbs import KEY as EVENT_HUBS_KEY
from emulators.event_hubs.cbs import KEY_NAME as EVENT_HUBS_KEY_NAME

HOST: Final = "127.0.0.1"


def cosmos(port: int, *, tls: bool = False) -> str:
    """Return the connection string of the account."""
    return f"AccountEndpoint=http{'s' * tls}://{HOST}:{port}/;AccountKey={COSMOS_KEY}"


def event_hubs(port: int, *, tls: bool = False) -> str:
    """Return the connection string of the namespace."""
    return (
        f"Endpoint=sb://{HOST}:{port};SharedAccessKeyName={EVENT_HUBS_KEY_NAME};"
        f"SharedAccessKey={EVENT_HUBS_KEY};{'' if tls else 'UseDevelopmentEmulator=true;'}"
    )


def event_grid(port: int, topic: str, *, tls: bool = False) -> str:
    """Return where a topic is published to, and with which key."""
    endpoint = f"http{'s' * tls}://{HOST}:{port}/topics/{topic}/api/events"
    return f"Endpoint={endpoint};AccessKey={EVENT_GRID_KEY}"
