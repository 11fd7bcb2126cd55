"""The dispatcher of a domain: every command of every category has its one handler, the application service."""

from collections.abc import Awaitable, Callable

from shared.kernel.application_service import ApplicationService
from shared.kernel.dispatcher import Dispatcher
from shared.kernel.domain import Domain
from shared.kernel.ports import EventStore


def dispatcher(
    domain: Domain, store: EventStore, pause: Callable[[int], Awaitable[None]]
) -> Dispatcher:
    """Register all commands of a domain, those with a route and those of the process."""
    found = Dispatcher()
    for category in domain.categories:
        service = ApplicationService(category, store, pause)
        for command in (*category.commands, *category.process_commands):
            found.register(command, service.handle)
    return found
