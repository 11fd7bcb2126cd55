"""The SDK of Event Hubs in haste: what opens or closes is looked at at once, and not some time later."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from azure.eventhub._pyamqp.aio import _client_async
from azure.eventhub.aio import _client_base_async
from azure.eventhub.aio._eventprocessor import event_processor
from azure.eventhub.aio._transport import _pyamqp_transport_async

MOST, SOON = 1.0, 0.002
"""Longer than `MOST` are intervals that mean something, such as that of a load balancer."""
POLLING = (_client_async, _client_base_async, _pyamqp_transport_async, event_processor)


class Hasty:
    """The module `asyncio`, but for short sleeps: to open one link, the SDK makes ten of 50 ms, whatever comes."""

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio, name)

    @staticmethod
    async def sleep(seconds: float) -> None:
        await asyncio.sleep(SOON if seconds <= MOST else seconds)


@pytest.fixture(scope="module", autouse=True)
def haste() -> Iterator[None]:
    """Hurries the SDK in all tests of a module; a conftest of its folder imports this."""
    with pytest.MonkeyPatch.context() as patch:
        for module in POLLING:
            patch.setattr(module, "asyncio", Hasty())
        yield
