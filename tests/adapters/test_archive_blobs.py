"""The archive in Blob Storage, where it says no."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from shared.adapters.archive.blobs import BlobArchive, open_blobs
from shared.adapters.archive.place import BlobPlace
from shared.kernel.ports import ArchivedFile, ArchiveUnavailable
from tests.contracts.archives import listed, read
from tests.contracts.azurite import connection


async def _refuse(_request: web.Request) -> web.Response:
    return web.Response(status=403, headers={"x-ms-error-code": "AuthorizationPermissionMismatch"})


@pytest.fixture
async def archive() -> AsyncIterator[BlobArchive]:
    """An archive that lets nobody in."""
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", _refuse)
    async with TestServer(application) as server:
        assert server.port
        place = BlobPlace(connection(server.port), "capture", "onewrite")
        refusing = open_blobs(place, "events")
        yield refusing
        await refusing.close()


async def test_who_may_not_list_is_told_why(archive: BlobArchive) -> None:
    with pytest.raises(ArchiveUnavailable, match="AuthorizationPermissionMismatch"):
        await listed(archive, 0)


async def test_who_may_not_read_is_told_which_file(archive: BlobArchive) -> None:
    with pytest.raises(ArchiveUnavailable, match="AuthorizationPermissionMismatch") as raised:
        await read(archive, ArchivedFile("0/00.avro", 1))

    assert "'0/00.avro'" in str(raised.value)
