"""The emulator and a webhook inside the test's own event loop, on a file of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from emulators.tests.event_grid import grids, webhooks
from emulators.tests.event_grid.grids import Grid
from emulators.tests.event_grid.webhooks import Webhook


@pytest.fixture
async def grid(tmp_path: Path) -> AsyncIterator[Grid]:
    async with grids.grid(tmp_path) as running:
        yield running


@pytest.fixture
async def webhook() -> AsyncIterator[Webhook]:
    async with webhooks.serving(Webhook()) as listening:
        yield listening
