"""The connection strings of the emulators, with the keys that Microsoft's emulators publish."""

from emulators.cosmos.authorization import KEY as COSMOS_KEY
from emulators.event_grid.authorization import KEY as EVENT_GRID_KEY

HOST = "127.0.0.1"


def cosmos(port: int) -> str:
    """Return the connection string of the account."""
    return f"AccountEndpoint=http://{HOST}:{port}/;AccountKey={COSMOS_KEY}"


def event_hubs(port: int) -> str:
    """Return the connection string of the namespace."""
    return (
        f"Endpoint=sb://{HOST}:{port};SharedAccessKeyName=RootManageSharedAccessKey;"
        "SharedAccessKey=SAS_KEY_VALUE;UseDevelopmentEmulator=true;"
    )


def event_grid(port: int, topic: str) -> str:
    """Return where a topic is published to, and with which key."""
    return f"Endpoint=http://{HOST}:{port}/topics/{topic}/api/events;AccessKey={EVENT_GRID_KEY}"
