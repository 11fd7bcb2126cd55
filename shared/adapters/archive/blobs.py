"""The archive in Azure Blob Storage, where Capture writes it."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Any, Final

from azure.core.exceptions import AzureError
from azure.core.pipeline.transport import AioHttpTransport
from azure.storage.blob.aio import ContainerClient

from shared.adapters.archive.capture_file import SUFFIX, read_messages
from shared.adapters.archive.place import BlobPlace
from shared.adapters.connections import Identity
from shared.adapters.identity.own_credential import credential
from shared.kernel.ports import ArchivedFile, ArchiveUnavailable, NumberedMessage

PIECE: Final = 4 << 20
# The SDK would wait for 15 seconds before it asks again.
OPTIONS: Final[dict[str, Any]] = {
    "max_single_get_size": PIECE,
    "max_chunk_get_size": PIECE,
    "initial_backoff": 1,
    "increment_base": 2,
    "retry_total": 4,
}


class BlobArchive:
    """Reads from a container what was captured of a hub: `hub` is the path of it, `{namespace}/{hub}`."""

    def __init__(self, container: ContainerClient, hub: str) -> None:
        self._container = container
        self._hub = hub

    async def files(self, partition: int) -> AsyncGenerator[ArchivedFile]:
        # The service lists by name, and its paths are dates with all their zeros.
        try:
            async for blob in self._container.list_blobs(f"{self._hub}/{partition}/"):
                if blob.name.endswith(SUFFIX):
                    yield ArchivedFile(blob.name, blob.size)
        except AzureError as error:
            raise ArchiveUnavailable(f"the archive: {error}") from error

    async def read(self, file: ArchivedFile) -> AsyncGenerator[Sequence[NumberedMessage]]:
        async with aclosing(self._pieces(file)) as pieces:
            async for messages in read_messages(file, pieces):
                yield messages

    async def _pieces(self, file: ArchivedFile) -> AsyncGenerator[bytes]:
        try:
            download = await self._container.download_blob(file.name)
            async for piece in download.chunks():
                yield piece
        except AzureError as error:
            raise ArchiveUnavailable(f"the archived file '{file.name}': {error}") from error

    async def close(self) -> None:
        await self._container.close()


def open_blobs(place: BlobPlace, hub: str) -> BlobArchive:
    """Make the archive of a hub; it connects when it is first used."""
    options = {**OPTIONS, "transport": AioHttpTransport(use_env_settings=False)}
    if isinstance(place.connection, Identity):
        signs_in = credential(place.connection)
        container = ContainerClient(
            place.connection.address, place.container, credential=signs_in, **options
        )
    else:
        container = ContainerClient.from_connection_string(
            place.connection, place.container, **options
        )
    return BlobArchive(container, f"{place.namespace}/{hub}")
