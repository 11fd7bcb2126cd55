"""The emulators, once a worker for all tests that need them as a process of their own."""

from collections.abc import AsyncIterator, Iterator

import pytest

from emulators.tests.serving import FaultsClient, Services, emulators

HUB = "events:4:projections,reactions,notifications"


@pytest.fixture(scope="session")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    with emulators(tmp_path_factory.mktemp("services"), "--hub", HUB) as started:
        yield started


@pytest.fixture
async def faults(services: Services) -> AsyncIterator[FaultsClient]:
    client = FaultsClient(services.faults)
    yield client
    await client.set(0)
    await client.lag(0)
