"""What the roles open asks of the cloud no more than their apps may do."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

import single_publisher.composition
from emulators.tests.serving import FaultsClient, Services
from shared.adapters import wiring
from shared.adapters.archive.place import FolderPlace
from shared.adapters.cosmos.client import container, open_client
from shared.kernel.errors import ConfigurationError, StoreThrottled
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import ArchiveUnavailable
from tests.adapters.emulators import local_settings

CONTAINERS = ("events", "snapshots", "views", "leases", "parked", "outcomes", "progress")
HUBS = ("events", "commands")


@pytest.fixture
async def wired(services: Services, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    monkeypatch.setattr(wiring, "settings", lambda: local_settings(services))
    monkeypatch.setattr(wiring, "check", lambda: None)
    for made in (wiring._cosmos, wiring.event_store, single_publisher.composition.publisher):
        monkeypatch.setattr(made, "making", None)
    opens = (wiring._sender, wiring._reader)
    for one in opens:
        one.cache_clear()
    yield
    await (await wiring._cosmos()).close()
    for hub in HUBS:
        await wiring._sender(hub).close()
        await wiring._reader(hub).close()
    for one in opens:
        one.cache_clear()


@pytest.mark.usefixtures("wired")
async def test_the_publisher_only_reads_the_store(faults: FaultsClient) -> None:
    before = Counter(await faults.requests())
    await wiring.warm()
    publisher = await single_publisher.composition.publisher()
    await publisher.replay(StreamName("item", "nobody"), 1)

    asked = Counter(await faults.requests()) - before
    assert {name for name in asked if name.endswith(" events")} == {
        "metadata events",
        "query events",
    }


@pytest.mark.usefixtures("wired")
async def test_a_new_instance_names_a_wrong_setting_when_it_has_connected(
    monkeypatch: pytest.MonkeyPatch, faults: FaultsClient
) -> None:
    def wrong() -> None:
        raise ConfigurationError("WEBHOOK_SECRETS, entry 1")

    monkeypatch.setattr(wiring, "check", wrong)
    before = sum((await faults.requests()).values())

    with pytest.raises(ConfigurationError, match="WEBHOOK_SECRETS, entry 1"):
        await wiring.warm()
    assert sum((await faults.requests()).values()) > before


@pytest.mark.usefixtures("wired")
async def test_rights_are_tried_without_a_trace(services: Services, faults: FaultsClient) -> None:
    rights = [f"{name}:{right}" for name in CONTAINERS for right in ("read", "append", "write")]
    rights += [f"{hub}:{right}" for hub in HUBS for right in ("send", "receive")]
    attempts = await wiring.attempts(*rights)
    before, sent = await stored(services), [await faults.sends(hub) for hub in HUBS]

    assert len(attempts) == len(rights) == 3 * len(CONTAINERS) + 4
    for attempt in attempts.values():
        await attempt()
    assert await stored(services) == before
    assert [await faults.sends(hub) for hub in HUBS] == sent

    await faults.set(
        1, {"service": "cosmos", "fault": "throttle", "container": "views", "every": 1}
    )
    with pytest.raises(StoreThrottled):
        await attempts["views:write"]()
    await faults.set(1)


@pytest.mark.usefixtures("wired")
async def test_the_archive_is_looked_into_and_who_has_none_is_told(
    services: Services, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    place = FolderPlace(tmp_path, "emulator")
    for archive in (None, place):
        given = replace(local_settings(services), archive=archive)
        monkeypatch.setattr(wiring, "settings", lambda given=given: given)
        monkeypatch.setattr(wiring.archive, "making", None)
        [attempt] = (await wiring.attempts("archive:read")).values()
        if archive is None:
            with pytest.raises(ConfigurationError, match="ARCHIVE is missing"):
                await attempt()
        else:
            await attempt()
    monkeypatch.setattr(wiring.archive, "making", None)
    place.folder.rmdir()

    with pytest.raises(ArchiveUnavailable):
        await attempt()


async def stored(services: Services) -> dict[str, int]:
    client = await open_client(local_settings(services))
    found = {
        name: len([one async for one in container(client, name).query_items("SELECT c.id FROM c")])
        for name in CONTAINERS
    }
    await client.close()
    return found
