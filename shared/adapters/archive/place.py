"""Where the archive is."""

from dataclasses import dataclass

from shared.adapters.connections import Connection


@dataclass(frozen=True, slots=True)
class BlobPlace:
    """A container of Blob Storage, into which Capture writes what a namespace of Event Hubs holds."""

    connection: Connection
    container: str
    namespace: str
