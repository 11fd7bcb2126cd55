"""The specs, as they are, through the running stack."""

from collections.abc import Sequence
from pathlib import Path

from azure.cosmos.aio import CosmosClient

from shared.adapters.cosmos.event_store import CosmosEventStore
from shared.kernel.commit import Commit
from tests.local.running import running
from tests.specs.all import SPECS
from tests.specs.ways import over_http


async def test_the_specs_hold_over_http(tmp_path: Path) -> None:
    async with (
        running(tmp_path) as stack,
        CosmosClient.from_connection_string(stack.cosmos) as client,
    ):
        events = client.get_database_client("onewrite").get_container_client("events")
        store = CosmosEventStore(events)

        async def seed(commits: Sequence[Commit]) -> None:
            for commit in commits:
                await store.append([commit])

        assert await over_http(SPECS, stack.url, seed) == {}
        # Against any URL, the commands themselves make the history.
        assert await over_http(SPECS, stack.url) == {}
