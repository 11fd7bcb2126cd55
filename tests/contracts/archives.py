"""Archives of each kind, and what puts files into them."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any, Final, Protocol

from azure.storage.blob import BlobBlock
from azure.storage.blob.aio import ContainerClient
from fastavro import writer

from shared.adapters.archive.blobs import BlobArchive
from shared.adapters.archive.folder import FolderArchive
from shared.adapters.memory import MemoryArchive
from shared.kernel.ports import Archive, ArchiveDamaged, ArchivedFile, NumberedMessage

HUB: Final = "onewrite/events"
BEGIN: Final = datetime(2026, 11, 30, 23, 50, tzinfo=UTC)
BLOCK: Final = 4_000
PART: Final = 1_000_000
ANYTHING: Final = ["long", "double", "string", "bytes"]
SCHEMA: Final[dict[str, Any]] = {
    "type": "record",
    "name": "EventData",
    "namespace": "Microsoft.ServiceBus.Messaging",
    "fields": [
        {"name": "SequenceNumber", "type": "long"},
        {"name": "Offset", "type": "string"},
        {"name": "EnqueuedTimeUtc", "type": "string"},
        {"name": "SystemProperties", "type": {"type": "map", "values": ANYTHING}},
        {"name": "Properties", "type": {"type": "map", "values": [*ANYTHING, "null"]}},
        {"name": "Body", "type": ["null", "bytes"]},
    ],
}


def captured(messages: Sequence[NumberedMessage], block: int = BLOCK) -> bytes:
    """Writes a file as Capture does, in blocks of so many bytes."""
    records = [
        {
            "SequenceNumber": one.number,
            "Offset": str(one.number * 100),
            "EnqueuedTimeUtc": "11/30/2026 11:50:00 PM",
            "SystemProperties": {"x-opt-enqueued-time": 1_796_082_600_000},
            "Properties": {"kind": "text", "count": 7, "share": 0.5, "none": None},
            "Body": one.body or None,
        }
        for one in messages
    ]
    file = BytesIO()
    writer(file, SCHEMA, records, sync_interval=block)
    return file.getvalue()


def path(partition: int, window: int) -> str:
    """Gives the path of a file that begins so many windows of 5 minutes after 23:50 on the last day of a month."""
    begin = BEGIN + window * timedelta(minutes=5)
    return f"{HUB}/{partition}/{begin:%Y/%m/%d/%H/%M/%S}.avro"


def numbered(first: int, last: int) -> list[NumberedMessage]:
    """Gives messages with these numbers, each with a body of its own."""
    return [
        NumberedMessage(number, str(number).encode().rjust(20, b"."))
        for number in range(first, last + 1)
    ]


class Kept(Protocol):
    """An archive, and who changes what it keeps."""

    @property
    def port(self) -> Archive: ...

    async def keep(
        self, partition: int, window: int, messages: Sequence[NumberedMessage]
    ) -> str: ...

    async def cut(self, name: str) -> None: ...

    async def remove(self, name: str) -> None: ...

    async def lose(self) -> None: ...


@dataclass
class InMemory:
    port: MemoryArchive

    async def keep(self, partition: int, window: int, messages: Sequence[NumberedMessage]) -> str:
        return self.port.keep(partition, window, messages)

    async def cut(self, name: str) -> None:
        self.port.cut[name] = len(self.port.kept[name]) // 2

    async def remove(self, name: str) -> None:
        del self.port.kept[name]

    async def lose(self) -> None:
        self.port.away = True


@dataclass
class InFolder:
    root: Path

    @property
    def port(self) -> Archive:
        return FolderArchive(self.root, HUB)

    async def keep(self, partition: int, window: int, messages: Sequence[NumberedMessage]) -> str:
        file = self.root / path(partition, window)
        await asyncio.to_thread(file.parent.mkdir, parents=True, exist_ok=True)
        await asyncio.to_thread(file.write_bytes, captured(messages))
        return path(partition, window)

    async def cut(self, name: str) -> None:
        file = self.root / name
        whole = await asyncio.to_thread(file.read_bytes)
        await asyncio.to_thread(file.write_bytes, whole[: len(whole) // 2])

    async def remove(self, name: str) -> None:
        await asyncio.to_thread((self.root / name).unlink)

    async def lose(self) -> None:
        await asyncio.to_thread(self.root.rename, self.root.with_suffix(".away"))


@dataclass
class InBlobs:
    port: BlobArchive

    @property
    def container(self) -> ContainerClient:
        return self.port._container

    async def keep(self, partition: int, window: int, messages: Sequence[NumberedMessage]) -> str:
        await self._upload(path(partition, window), captured(messages))
        return path(partition, window)

    async def _upload(self, name: str, file: bytes) -> None:
        # In parts: aiohttp warns of large ones.
        blob, parts = self.container.get_blob_client(name), range(0, len(file), PART)
        for begin in parts:
            await blob.stage_block(f"{begin:08}", file[begin : begin + PART])
        await blob.commit_block_list([BlobBlock(f"{begin:08}") for begin in parts])

    async def cut(self, name: str) -> None:
        whole = await (await self.container.download_blob(name)).readall()
        await self._upload(name, whole[: len(whole) // 2])

    async def remove(self, name: str) -> None:
        await self.container.delete_blob(name)

    async def lose(self) -> None:
        await self.container.delete_container()


async def listed(archive: Archive, partition: int) -> list[ArchivedFile]:
    """Lists all files of a partition."""
    return [file async for file in archive.files(partition)]


async def read_to_the_end(
    blocks: AsyncGenerator[Sequence[NumberedMessage]],
) -> tuple[list[NumberedMessage], ArchiveDamaged | None]:
    """Reads all that can be read, and tells what ended it."""
    found: list[NumberedMessage] = []
    try:
        async for block in blocks:
            found += block
    except ArchiveDamaged as damage:
        return found, damage
    return found, None


async def read(archive: Archive, file: ArchivedFile) -> list[NumberedMessage]:
    """Reads all that a file holds."""
    return [message async for block in archive.read(file) for message in block]
