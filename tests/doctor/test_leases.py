"""What keeps the trigger from its leases is deleted by a command, and nothing else can be."""

import asyncio
import sys

import pytest

from emulators.tests.machine import limit
from emulators.tests.serving import Services
from infra.doctor.leases import delete
from infra.local.stack import ROOT
from infra.official_emulators.seed import seed
from shared.adapters.cosmos.client import container, open_client
from shared.adapters.cosmos.leases import CosmosLeases
from shared.adapters.names import EVENTS, LEASE_PREFIX, LEASES
from tests.adapters.emulators import NAMES, local_settings
from tests.adapters.leases import beside, lease
from tests.consumers.worlds import now


@pytest.mark.parametrize("kind", ["info", "lock"])
async def test_the_command_that_is_told_mends_what_it_is_told_for(
    services: Services, kind: str
) -> None:
    seed(services.cosmos, NAMES)
    cosmos = await open_client(local_settings(services))
    events, held = container(cosmos, EVENTS), container(cosmos, LEASES)
    rid = (await events.read())["_rid"]
    await held.upsert_item(beside(rid, kind))
    leases = CosmosLeases(held, events, LEASE_PREFIX, lambda: now().replace(year=2999))
    [fault] = await leases.faults()

    command = fault.mend.partition(",")[0].split()
    done = await asyncio.create_subprocess_exec(
        *(sys.executable, *command[1:]),
        cwd=ROOT,
        env={"COSMOS": services.cosmos, "EVENTHUBS": services.event_hubs},
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await asyncio.wait_for(done.communicate(), limit())

    assert (done.returncode, said.partition(b":")[0]) == (0, b"it is gone")
    assert await leases.faults() == []
    assert "cannot be deleted" in await delete(
        command[-1], {"COSMOS": services.cosmos, "EVENTHUBS": "e"}
    )
    await cosmos.close()


async def test_a_lease_itself_is_never_deleted(services: Services) -> None:
    settings = {"COSMOS": services.cosmos, "EVENTHUBS": services.event_hubs}
    for id_ in (lease("AAAAAYAAAAc=", "0", "", "10", None)["id"], "another-publisher.info"):
        assert "can be made anew" in await delete(id_, settings)


async def test_a_store_that_is_not_named_is_told_so() -> None:
    assert "cannot be reached" in await delete(f"{LEASE_PREFIX}.info", {})
