"""An application over a store that fails."""

from typing import Any

from command_api.composition import Application
from shared.adapters.memory import MemoryEventStore
from shared.domain.shop import domain
from tests.command_api.calls import assembled


class Failing(MemoryEventStore):
    """A store of which every load fails."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self._error = error

    async def tail(self, *_args: Any) -> Any:
        raise self._error


def failing(error: Exception) -> Application:
    return assembled(domain, Failing(error))
