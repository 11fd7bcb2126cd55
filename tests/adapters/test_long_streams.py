"""The cost of a command does not grow with its stream: a hundred events beside very many."""

import asyncio
import time
from collections.abc import Sequence
from functools import partial
from itertools import count

import pytest

from emulators.tests.serving import FaultsClient, Services
from shared.adapters.cosmos.event_store import CosmosEventStore
from shared.domain.shop.item import item
from shared.domain.shop.item.commands import ReceiveStock, RegisterItem
from shared.kernel.commands.application_service import ApplicationService
from shared.kernel.commands.batch import decide_batch
from shared.kernel.commands.loading import initial
from shared.kernel.messages.message import Command
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import Appended
from tests.adapters.emulators import fresh_container
from tests.figures import note
from tests.kernel.asking import NOON, at_noon, no_pause
from tests.kernel.worlds import request
from tests.sizes import size
from tests.turns import in_turns

pytestmark = [pytest.mark.alone, pytest.mark.long]

LENGTHS = {"short": 100, "long": size(20_000, 100_000)}
ROUNDS, MOST = 15, 1.5
REGISTER = RegisterItem(name="Thing", reorder_point=1)


async def fill(store: CosmosEventStore, stream: StreamName, length: int) -> None:
    """Write a stream that many have received stock in."""
    await write(store, stream, [REGISTER, *[ReceiveStock(quantity=1)] * (length - 1)])


async def write(store: CosmosEventStore, stream: StreamName, commands: Sequence[Command]) -> None:
    """Write a stream as a hundred clients at a time would."""
    loaded, length = initial(item), len(commands)
    for start in range(0, length, 100):
        batch = decide_batch(
            item,
            store.limits,
            loaded,
            [
                request(command, f"c{number}", stream)
                for number, command in enumerate(commands[start : start + 100], start)
            ],
            NOON,
        )
        assert isinstance(await store.append(batch.commits), Appended)
        loaded = batch.after
        if batch.keep is not None:
            await store.keep(batch.keep)


async def test_a_cold_command_takes_as_long_on_a_long_stream_as_on_a_short_one(
    services: Services, faults: FaultsClient, pytestconfig: pytest.Config
) -> None:
    async with fresh_container(services, like="events") as container:
        store = CosmosEventStore(container)
        streams = {name: StreamName("item", name) for name in LENGTHS}
        await asyncio.gather(*(fill(store, streams[name], LENGTHS[name]) for name in LENGTHS))
        before = await faults.requests()
        numbers = count()

        async def ask(name: str) -> None:
            cold = ApplicationService(item, store, at_noon, no_pause)
            key = f"cold-{next(numbers)}"
            await cold.handle(request(ReceiveStock(quantity=1), key, streams[name]))

        short, long = (partial(ask, name) for name in LENGTHS)
        measured = await in_turns(short, long, ROUNDS, time.perf_counter, MOST)
        after = await faults.requests()

    commands = next(numbers)
    for kind in ("query", "create"):
        name = f"{kind} {container.id}"
        assert after[name] - before.get(name, 0) == commands
    short_ms, long_ms = (seconds * 1000 for seconds in measured.medians)
    note(
        pytestconfig,
        f"cold command: {short_ms:.1f} ms behind 100 events, {long_ms:.1f} ms behind {LENGTHS['long']:,}",
    )
    assert measured.ratio <= MOST
