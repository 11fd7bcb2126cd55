"""How many functions a command calls on the memory twin, which is the same on every machine, however busy."""

import pytest

from shared.adapters.memory import MemoryEventStore
from shared.domain.shop.item.commands import ReceiveStock, RegisterItem
from tests.bench.calls import Calls
from tests.figures import note
from tests.kernel.worlds import request, service

WARM, COLD, EACH_EVENT = 140, 375, 20
"""What a warm command may call, a cold one that reads ten events, and for each event more."""

FEW, MANY = 10, 20


async def filled(events: int) -> MemoryEventStore:
    """Give a store in which a stream has so many events, each of a commit of its own."""
    store = MemoryEventStore()
    handling = service(store)
    await handling.handle(request(RegisterItem(name="Teapot", reorder_point=0), "register"))
    for number in range(2, events + 1):
        await handling.handle(request(ReceiveStock(quantity=1), f"receive-{number}"))
    return store


async def called(events: int, *, warm: bool) -> int:
    """Count the calls of a command behind so many events; a first one builds what is built once."""
    counts = []
    for _ in range(2):
        handling = service(await filled(events))
        if warm:
            await handling.handle(request(ReceiveStock(quantity=1), "before"))
        with Calls() as calls:
            await handling.handle(request(ReceiveStock(quantity=1), "counted"))
        counts.append(calls.count)
    return counts[-1]


async def test_a_command_calls_few_functions(pytestconfig: pytest.Config) -> None:
    warm, cold = await called(FEW, warm=True), await called(FEW, warm=False)
    each = (await called(MANY, warm=False) - cold) / (MANY - FEW)

    note(
        pytestconfig,
        f"calls of functions: {warm} in a warm command, {cold} in a cold one that reads {FEW} events,"
        f" {each:.1f} for each event more",
    )
    assert warm <= WARM
    assert cold <= COLD
    assert each <= EACH_EVENT
