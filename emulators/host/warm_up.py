"""The warm-up: asked for by the platform before an instance serves, at /admin/warmup."""

import asyncio
from collections.abc import Sequence

from emulators.host.invocations import Invoker
from emulators.host.protos import TypedData
from emulators.host.rules import Function
from emulators.host.worker import Retry


async def warm_up(functions: Sequence[Function], invoker: Invoker) -> None:
    """Call the functions that warm the app up."""
    given = TypedData(json="{}")
    warming = [one for one in functions if one.type == "warmupTrigger"]
    for answer, function in zip(
        await asyncio.gather(*(invoker.call(one, (given, {}), Retry()) for one in warming)),
        warming,
        strict=True,
    ):
        invoker.report(function, answer, given)
