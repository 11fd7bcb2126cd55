"""The application on memory twins."""

import pytest

from command_api.application import Application, assemble
from shared.adapters.memory import MemoryEventStore, MemoryRows
from shared.domain import domain
from tests.command_api.calls import now
from tests.kernel.worlds import no_pause


@pytest.fixture
def application() -> Application:
    return assemble(domain, MemoryEventStore(), MemoryRows(), now, no_pause)
