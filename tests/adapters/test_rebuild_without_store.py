"""On the emulators: the container of the store is gone; a view, then the store itself, come from files and hub."""

from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

from azure.cosmos import PartitionKey
from azure.cosmos.aio import ContainerProxy

from consumers.projections import Projections
from consumers.rebuild import Rebuild
from consumers.replay.filling import LogFilling
from consumers.replay.log import WholeLog
from consumers.replay.restoring import Restoring
from emulators.tests.waiting import until
from shared.adapters import names
from shared.adapters.archive.folder import FolderArchive
from shared.adapters.cosmos.client import container, open_client
from shared.adapters.cosmos.event_store import CosmosEventStore
from shared.adapters.cosmos.feed import CosmosFeed, CosmosProgress
from shared.adapters.cosmos.rows import CosmosRows
from shared.adapters.event_hubs import open_log
from shared.adapters.log_reader import open_log_reader
from shared.adapters.memory import MemoryParking
from shared.domain.shop.views.stock import stock
from shared.kernel.delivery.partition import partition_of
from shared.kernel.messages.envelope import encode_all
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import Log
from shared.kernel.views.listing import Listing
from tests.adapters.emulators import local_settings
from tests.conftest import named_emulators
from tests.consumers.worlds import now
from tests.kernel.worlds import commit, received

ITEMS = [StreamName("item", f"SKU{number}") for number in range(8)]
VERSIONS = 5
PARTITIONS = 4


async def stored(events: ContainerProxy) -> dict[tuple[str, str], dict[str, Any]]:
    """Give all items of the store, without what it adds of its own."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    async for item in events.read_all_items():
        own = {name: value for name, value in item.items() if not name.startswith("_")}
        found[item["stream"], item["id"]] = own
    return found


async def test_while_the_container_of_the_store_is_gone_the_rows_come_from_the_log(
    tmp_path: Path,
) -> None:
    history = [
        commit(version, received(version), stream=stream)
        for version in range(1, VERSIONS + 1)
        for stream in ITEMS
    ]
    async with AsyncExitStack() as opened_here:
        emulators = named_emulators(tmp_path, "--capture", "events:1:2000")
        services = opened_here.enter_context(emulators)
        settings = local_settings(services)
        client = await open_client(settings)
        log, hub = open_log(settings), open_log_reader(settings)
        for one in (log, hub, client):
            opened_here.push_async_callback(one.close)
        archive = FolderArchive(tmp_path / "capture", "emulator/events")
        events = container(client, names.EVENTS)
        rows = CosmosRows(container(client, names.VIEWS))
        progress = CosmosProgress(container(client, names.PROGRESS))

        async def opened() -> Log:
            return log

        async def whole() -> WholeLog:
            return WholeLog(hub, archive)

        async def archived() -> int:
            found = 0
            for partition in range(PARTITIONS):
                async for file in archive.files(partition):
                    found += sum([len(block) async for block in archive.read(file)])
            return found

        store = CosmosEventStore(events)
        projections = Projections((stock,), rows, store, MemoryParking(), opened, now)
        for made in history:
            await store.append([made])
            await log.send(partition_of(made.stream, PARTITIONS), encode_all(made))
        await projections.project([body for one in history for body in encode_all(one)])
        live = {row.at.key: (row.version, row.data) for row in await rows.page(Listing("stock"))}
        await until(archived, lambda found: found > len(ITEMS))

        items = await stored(events)
        database = client.get_database_client(names.DATABASE)
        await database.delete_container(names.EVENTS)
        filling = LogFilling(projections, whole, progress)
        feed = CosmosFeed(events)
        rebuild = Rebuild(projections, feed, progress, timedelta(), from_log=filling)
        await rebuild.begin(stock, "log")
        await rebuild.run(60)

        assert (await rebuild.generations(stock)).phase == "serving"
        found = await rows.page(Listing("stock~1"))
        assert {row.at.key: (row.version, row.data) for row in found} == live
        assert len(live) == len(ITEMS)

        await database.create_container(names.EVENTS, PartitionKey("/stream"))
        restoring = Restoring(await whole(), CosmosEventStore(events))
        restored = [await restoring.partition(number) for number in range(PARTITIONS)]
        assert sum(one.commits for one in restored) == len(items) == len(history)
        assert await stored(events) == items
