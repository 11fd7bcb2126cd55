"""The command side, assembled once a process; tests assemble it from memory twins."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from shared.adapters import telemetry, wiring
from shared.domain import domain as shipped_domain
from shared.kernel.application_service import ApplicationService
from shared.kernel.dispatcher import Dispatcher
from shared.kernel.domain import Domain
from shared.kernel.ports import EventStore, Rows


@dataclass(frozen=True, slots=True)
class Application:
    """What the HTTP functions work with."""

    domain: Domain
    dispatcher: Dispatcher
    store: EventStore
    rows: Rows
    now: Callable[[], datetime]


def assemble(
    domain: Domain,
    store: EventStore,
    rows: Rows,
    now: Callable[[], datetime],
    pause: Callable[[int], Awaitable[None]],
) -> Application:
    """Give every command of the domain its one handler."""
    dispatcher = Dispatcher()
    for category in domain.categories:
        handle = telemetry.commands(ApplicationService(category, store, pause).handle)
        for command in (*category.commands, *category.process_commands):
            dispatcher.register(command, handle)
    return Application(domain, dispatcher, store, rows, now)


_assembled: list[Application] = []


async def application() -> Application:
    """Give the application of this process."""
    if not _assembled:
        store, rows = await wiring.event_store(), await wiring.rows()
        _assembled.append(assemble(shipped_domain, store, rows, wiring.now, wiring.pause))
    return _assembled[0]
