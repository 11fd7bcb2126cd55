"""Where the archive is: what the settings say, read and checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from shared.adapters.connections import Connection, find_connection
from shared.adapters.names import ARCHIVE
from shared.kernel.errors import ConfigurationError

CONTAINER, FOLDER, NAMESPACE = "ARCHIVE_CONTAINER", "ARCHIVE_FOLDER", "ARCHIVE_NAMESPACE"


@dataclass(frozen=True, slots=True)
class BlobPlace:
    """A container of Blob Storage, into which Capture writes what the hubs of a namespace hold."""

    connection: Connection
    container: str
    namespace: str


@dataclass(frozen=True, slots=True)
class FolderPlace:
    """A folder that is laid out as that container is."""

    folder: Path
    namespace: str


type Place = BlobPlace | FolderPlace


def find_place(environment: Mapping[str, str]) -> Place | None:
    """Read the settings, if there are any; raises ConfigurationError for half of them, and for two places."""
    connection, folder = find_connection(environment, ARCHIVE), environment.get(FOLDER, "")
    if connection is None and not folder:
        return None
    if connection is not None and folder:
        raise ConfigurationError(f"{ARCHIVE} and {FOLDER} are both set: one of them has to go")
    namespace = environment.get(NAMESPACE, "")
    if not namespace:
        raise ConfigurationError(f"the setting {NAMESPACE} is missing: whose hubs are captured")
    if connection is None:
        return FolderPlace(Path(folder), namespace)
    return BlobPlace(connection, environment.get(CONTAINER, "capture"), namespace)
