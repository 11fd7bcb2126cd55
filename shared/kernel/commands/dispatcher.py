"""The dispatcher: a command type to its one handler."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from shared.kernel.commands.application_service import ApplicationService
from shared.kernel.commands.outcome import Outcome
from shared.kernel.commands.request import CommandRequest
from shared.kernel.domain import Domain
from shared.kernel.errors import ConfigurationError, UnknownMessage
from shared.kernel.messages.message import Command, type_name
from shared.kernel.ports import EventStore

type Handler = Callable[[CommandRequest], Awaitable[Outcome]]


class Dispatcher:
    """Commands have one target: who registers a type twice, or sends one that is not registered, is told."""

    def __init__(self) -> None:
        self._handlers: dict[type[Command], Handler] = {}

    def register(self, command: type[Command], handler: Handler) -> None:
        """Name the handler of a command type; raises ConfigurationError when it has one."""
        if command in self._handlers:
            raise ConfigurationError(f"{type_name(command)} has a handler already")
        self._handlers[command] = handler

    def dispatch(self, request: CommandRequest) -> Awaitable[Outcome]:
        """Hand a command to its handler; raises UnknownMessage when it has none."""
        handler = self._handlers.get(type(request.command))
        if handler is None:
            raise UnknownMessage(f"{type_name(type(request.command))} has no handler", "command")
        return handler(request)


def dispatcher(
    domain: Domain,
    store: EventStore,
    now: Callable[[], datetime],
    pause: Callable[[int], Awaitable[None]],
    watched: Callable[[Handler], Handler] = lambda handler: handler,
) -> Dispatcher:
    """Register all commands of a domain, with a route or without, under watch."""
    found = Dispatcher()
    for category in domain.categories:
        handle = watched(ApplicationService(category, store, now, pause).handle)
        for command in (*category.commands, *category.process_commands):
            found.register(command, handle)
    return found
