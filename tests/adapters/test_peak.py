"""What is long or large is worked on in a process of at most 200 MB, measured in one of its own."""

import asyncio
import json
import os
import subprocess
import sys
from dataclasses import replace

import pytest

from emulators.tests.machine import limit
from emulators.tests.serving import Services
from infra.local.stack import ROOT
from shared.adapters.cosmos.event_store import CosmosEventStore
from shared.adapters.cosmos.parking import CosmosParking
from tests.adapters.emulators import fresh_container
from tests.adapters.peak import LENGTH, MARKERS, ROWS, STREAM, WORKS
from tests.contracts.test_parking import MARKER
from tests.figures import note
from tests.kernel.worlds import commit, received

pytestmark = [
    pytest.mark.proof,
    pytest.mark.skipif(sys.platform != "linux", reason="it is read from /proc"),
]

MOST, EACH = 200, 20
EXPECTED = {"parked": MARKERS, "view": ROWS}


@pytest.fixture(scope="module")
def filled(services: Services) -> tuple[str, str, str]:
    """Fill containers for all of these tests; gives their names."""
    return asyncio.run(fill(services))


async def fill(services: Services) -> tuple[str, str, str]:
    """Write a long stream, a key of many rows and many large markers."""
    async with (
        fresh_container(services, like="events") as events,
        fresh_container(services, like="views") as views,
        fresh_container(services, like="parked") as parked,
    ):
        store, parking = CosmosEventStore(events), CosmosParking(parked)
        commits = [
            commit(version, *[received(1)] * EACH, stream=STREAM)
            for version in range(EACH, LENGTH + 1, EACH)
        ]
        for start in range(0, len(commits), 100):
            await store.append(commits[start : start + 100])
        for start in range(0, ROWS, 100):
            created = [("create", (row(number),)) for number in range(start, start + 100)]
            await views.execute_item_batch(created, partition_key="customers:C1")
        for number in range(MARKERS):
            large = {"type": "StockMelted", "data": "x" * 1_000_000}
            await parking.park(replace(MARKER, stream=f"item-{number}", envelope=large))
        return events.id, views.id, parked.id


def row(number: int) -> dict[str, object]:
    """Make a row of the size that an order with many lines has."""
    stream = f"order-{number:04}"
    return {
        "id": f"customers:{stream}",
        "partition": "customers:C1",
        "view": "customers",
        "key": "C1",
        "stream": stream,
        "version": 1,
        "data": {"lines": [{"sku": f"SKU{line}", "quantity": line} for line in range(300)]},
    }


@pytest.mark.parametrize("work", WORKS)
def test_what_is_long_or_large_takes_little_memory(
    work: str, filled: tuple[str, str, str], services: Services, pytestconfig: pytest.Config
) -> None:
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.adapters.peak", work, *filled],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "COSMOS": services.cosmos,
            "EVENTHUBS": services.event_hubs,
            "COSMOS_READ_TIMEOUT": str(limit()),
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=5 * limit(),
    )

    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout)
    note(pytestconfig, f"memory: {work} takes {found['peak']:.0f} MB at most")
    assert found["done"] == EXPECTED.get(work, LENGTH)
    assert found["peak"] < MOST
