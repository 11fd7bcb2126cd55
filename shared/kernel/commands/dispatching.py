"""The dispatcher of a domain: every command of every category has its one handler, the application service."""

from collections.abc import Awaitable, Callable

from shared.kernel.commands.application_service import ApplicationService
from shared.kernel.commands.dispatcher import Dispatcher, Handler
from shared.kernel.domain import Domain
from shared.kernel.ports import EventStore


def dispatcher(
    domain: Domain,
    store: EventStore,
    pause: Callable[[int], Awaitable[None]],
    watched: Callable[[Handler], Handler] = lambda handler: handler,
) -> Dispatcher:
    """Register all commands of a domain, with a route or without, under watch."""
    found = Dispatcher()
    for category in domain.categories:
        handle = watched(ApplicationService(category, store, pause).handle)
        for command in (*category.commands, *category.process_commands):
            found.register(command, handle)
    return found
