"""The archive of the log: the files that Event Hubs Capture writes, in Blob Storage or in a folder."""

from collections.abc import Awaitable, Callable
from contextlib import aclosing
from typing import TYPE_CHECKING, Final

from shared.adapters.archive.place import FolderPlace
from shared.adapters.names import EVENTS_HUB
from shared.kernel.errors import ConfigurationError

if TYPE_CHECKING:
    from shared.adapters.settings import Settings
    from shared.kernel.ports import Archive


ARCHIVE: Final = "archive"
"""What the right to read it is named after."""


async def check_archive(opened: "Callable[[], Awaitable[Archive | None]]") -> None:
    """Look into the archive; raises ArchiveUnavailable, ConfigurationError where no setting says where it is."""
    archive = await opened()
    if archive is None:
        raise ConfigurationError("the setting ARCHIVE is missing: where the log is archived")
    async with aclosing(archive.files(0)) as files:
        await anext(files, None)


def open_archive(settings: "Settings") -> "Archive | None":
    """Make the archive of the log; None where no setting says where it is."""
    place, hub = settings.archive, settings.hub_name(EVENTS_HUB)
    if place is None:
        return None
    if isinstance(place, FolderPlace):
        from shared.adapters.archive.folder import FolderArchive

        return FolderArchive(place.folder, f"{place.namespace}/{hub}")
    from shared.adapters.archive.blobs import open_blobs

    return open_blobs(place, hub)
