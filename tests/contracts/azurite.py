"""Azurite, Microsoft's emulator of Blob Storage, as Node's registry has it."""

import os
import shutil
import subprocess
import uuid
from base64 import b64encode
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from emulators.tests.logs import keep
from emulators.tests.machine import limit
from emulators.tests.waiting import until_true
from infra.local.func import AZURITE
from infra.local.ports import free_port, is_taken
from shared.adapters.archive.blobs import BlobArchive, open_blobs
from shared.adapters.archive.place import BlobPlace

ACCOUNT, KEY = "onewrite", b64encode(b"the key of a test").decode()

with_azurite = [
    # It is installed from the registry.
    pytest.mark.proof,
    pytest.mark.skipif(not shutil.which("npm"), reason="there is no Node here"),
]


@pytest.fixture(scope="session")
def azurite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Starts a server, and gives its port."""
    folder, port = tmp_path_factory.mktemp("azurite"), free_port()
    install = ["npm", "install", "--silent", "--no-audit", "--no-fund", AZURITE]
    subprocess.run(install, cwd=folder, check=True, timeout=limit(300))
    server = "node_modules/azurite/dist/src/blob/main.js"
    options = ("--inMemoryPersistence", "--skipApiVersionCheck", "--silent")
    with (
        keep("azurite", folder / "azurite.log").open("w") as log,
        subprocess.Popen(
            ["node", server, "--blobPort", str(port), *options],
            cwd=folder,
            env={**os.environ, "AZURITE_ACCOUNTS": f"{ACCOUNT}:{KEY}"},
            stdout=log,
            stderr=log,
        ) as process,
    ):
        yield port
        # It would wait for connections that are kept, and has nothing to save.
        process.kill()


def connection(port: int) -> str:
    """Gives the connection string of the server at a port."""
    return (
        f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={KEY};"
        f"BlobEndpoint=http://127.0.0.1:{port}/{ACCOUNT};"
    )


@asynccontextmanager
async def fresh_container(port: int) -> AsyncIterator[BlobArchive]:
    """Gives the archive in a container of its own."""
    await until_true(lambda: is_taken(port))
    place = BlobPlace(connection(port), f"c{uuid.uuid4().hex}", "onewrite")
    archive = open_blobs(place, "events")
    await archive._container.create_container()
    yield archive
    await archive.close()
