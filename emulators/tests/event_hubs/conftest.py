"""The emulator inside the test's own event loop, once a module, with a hub that nobody else has for each test."""

import asyncio
import gc
import itertools
import warnings
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from emulators.event_hubs import EventHubsServer
from emulators.faults import Faults
from emulators.tests.event_hubs.clients import PARTITIONS, Hub, connection_string
from emulators.tests.event_hubs.haste import haste

__all__ = ["haste"]

MOST_TESTS = 60


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def fresh_hubs(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Iterator[Hub]]:
    names = [f"Hub{number}" for number in range(MOST_TESTS)]
    described = {
        name: {"partitions": len(PARTITIONS), "consumerGroups": ["first", "second"]}
        for name in names
    }
    faults = Faults()
    server = EventHubsServer(tmp_path_factory.mktemp("event-hubs"), described, faults)
    connection = connection_string(await server.serve(0))
    closing: list[asyncio.Task[None]] = []
    yield (Hub(name, connection, faults, closing) for name in names)
    await asyncio.gather(*closing)
    await server.close()
    with warnings.catch_warnings():
        # The SDK forgets to close the socket of a connection that was dropped.
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.fixture
def hub(fresh_hubs: Iterator[Hub]) -> Iterator[Hub]:
    fresh = next(itertools.islice(fresh_hubs, 1))
    yield fresh
    fresh.faults.replace(0, [])
