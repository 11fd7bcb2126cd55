"""Subscriptions of webhooks of tests to the topic of the application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import aiohttp

from emulators.tests.event_grid.grids import subscription
from shared.adapters.connections import connection_parts


@asynccontextmanager
async def subscribed(event_grid: str, url: str, **changes: Any) -> AsyncIterator[str]:
    """Let a webhook hear the topic of a connection; gives where the subscription is managed."""
    topic = connection_parts(event_grid)["Endpoint"].removesuffix("/api/events")
    managed = f"{topic}/eventSubscriptions/test-{uuid4()}"
    async with aiohttp.ClientSession() as http:
        body = {"properties": subscription(url, **changes)}
        async with http.put(managed, json=body) as made:
            assert made.status == 201, await made.text()
        try:
            yield managed
        finally:
            await http.delete(managed)
