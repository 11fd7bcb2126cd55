"""What the roles open asks of the cloud no more than their apps may do."""

from collections import Counter
from collections.abc import AsyncIterator

import pytest

import single_publisher.application
from infra.local.provision import provision
from infra.local.stack import NAMES
from shared.adapters import wiring
from shared.kernel.stream import StreamName
from tests.adapters.stand_ins import local_settings
from tests.conftest import FaultsClient, Services


@pytest.fixture
async def wired(services: Services, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    provision(services.cosmos, NAMES)
    monkeypatch.setattr(wiring, "settings", lambda: local_settings(services))
    for kept in ("_opened", "_stores"):
        monkeypatch.setattr(wiring, kept, [])
    monkeypatch.setattr(single_publisher.application, "_assembled", [])
    wiring._event_hubs.cache_clear()
    yield
    for client in wiring._opened:
        await client.close()
    await wiring._event_hubs().close()
    wiring._event_hubs.cache_clear()


@pytest.mark.usefixtures("wired")
async def test_the_publisher_only_reads_the_store(faults: FaultsClient) -> None:
    before = Counter(await faults.requests())
    await wiring.warm()
    publisher = await single_publisher.application.publisher()
    await publisher.replay(StreamName("item", "nobody"), 1)

    asked = Counter(await faults.requests()) - before
    assert {name for name in asked if name.endswith(" events")} == {
        "metadata events",
        "query events",
    }
