"""The cost of a command does not grow with its stream: a hundred events beside very many."""

import asyncio
import statistics
import time

import pytest

from shared.adapters.cosmos.event_store import CosmosEventStore
from shared.domain.item import item
from shared.domain.item.commands import ReceiveStock, RegisterItem
from shared.kernel.application_service import ApplicationService
from shared.kernel.loading import initial
from shared.kernel.plan import plan
from shared.kernel.ports import Appended
from shared.kernel.stream import StreamName
from tests.adapters.stand_ins import fresh_container
from tests.conftest import FaultsClient, Services
from tests.figures import note
from tests.kernel.asking import no_pause
from tests.kernel.worlds import request
from tests.sizes import size

pytestmark = [pytest.mark.alone, pytest.mark.long]

LENGTHS = {"short": 100, "long": size(20_000, 100_000)}
ROUNDS = 15


async def fill(store: CosmosEventStore, stream: StreamName, length: int) -> None:
    """Write a stream as a hundred clients at a time would."""
    loaded = initial(item)
    commands = [
        RegisterItem(name="Thing", reorder_point=1),
        *[ReceiveStock(quantity=1)] * (length - 1),
    ]
    for start in range(0, length, 100):
        planned = plan(
            item,
            loaded,
            [
                request(command, f"c{number}", stream)
                for number, command in enumerate(commands[start : start + 100], start)
            ],
        )
        assert isinstance(await store.append(planned.commits), Appended)
        loaded = planned.after


@pytest.mark.timeout(300)
async def test_a_cold_command_takes_as_long_on_a_long_stream_as_on_a_short_one(
    services: Services, faults: FaultsClient, pytestconfig: pytest.Config
) -> None:
    async with fresh_container(services, like="events") as container:
        store = CosmosEventStore(container)
        streams = {name: StreamName("item", name) for name in LENGTHS}
        await asyncio.gather(*(fill(store, streams[name], LENGTHS[name]) for name in LENGTHS))
        before = await faults.requests()
        seconds: dict[str, list[float]] = {name: [] for name in LENGTHS}
        for number in range(ROUNDS):
            for name, stream in streams.items():
                cold = ApplicationService(item, store, no_pause)
                begun = time.perf_counter()
                await cold.handle(request(ReceiveStock(quantity=1), f"cold-{number}", stream))
                seconds[name].append(time.perf_counter() - begun)
        after = await faults.requests()

    commands = len(LENGTHS) * ROUNDS
    for kind in ("query", "create"):
        name = f"{kind} {container.id}"
        assert after[name] - before.get(name, 0) == commands
    short, long = (statistics.median(seconds[name]) * 1000 for name in LENGTHS)
    note(
        pytestconfig,
        f"cold command: {short:.1f} ms behind 100 events, {long:.1f} ms behind {LENGTHS['long']:,}",
    )
    assert long <= 1.5 * short
