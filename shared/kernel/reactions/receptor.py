"""The receptor: event → command, or none. A pure declaration of what a category does about another's events."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from shared.kernel.commands.category import Category
from shared.kernel.errors import ConfigurationError
from shared.kernel.messages.derived_id import derived_id
from shared.kernel.messages.kinds import several
from shared.kernel.messages.message import Command, Event
from shared.kernel.messages.stream import StreamName


@dataclass(frozen=True, slots=True)
class Reaction:
    """A command for a stream.

    `key` tells apart what one event causes in one stream, by something with a meaning: an index would name
    something else as soon as the code counts otherwise.
    """

    target: StreamName
    command: Command
    key: str


@dataclass(frozen=True, slots=True)
class Receptor[E: Event]:
    """Bound to one event type of one category, and to the one command type that it sends to the target.

    `name` is part of every id that it causes: it stays as it is, wherever the code moves.
    """

    name: str
    category: Category
    event: type[E]
    target: Category
    command: type[Command]
    react: Callable[[StreamName, E], Iterable[Reaction]]

    def reactions(self, stream: StreamName, event: E) -> Sequence[Reaction]:
        """Say what an event of a stream causes; raises ConfigurationError for what was not declared."""
        return checked(self.name, self.target, self.command, self.react(stream, event))

    def identify(self, event_id: str, reaction: Reaction) -> str:
        """Name the command that an event causes."""
        return derived_id(event_id, self.name, reaction.target, reaction.key)


def checked(
    name: str, target: Category, command: type[Command], reactions: Iterable[Reaction]
) -> Sequence[Reaction]:
    """Give reactions that keep to what was declared, each of its own key; raises ConfigurationError."""
    found = several(f"'{name}'", reactions)
    for reaction in found:
        if type(reaction) is not Reaction:
            raise ConfigurationError(f"'{name}' sends {reaction!r}, which is no Reaction")
        if reaction.target.category != target.name or type(reaction.command) is not command:
            raise ConfigurationError(f"'{name}' sends what it did not declare: {reaction}")
    if len({(reaction.target, reaction.key) for reaction in found}) < len(found):
        raise ConfigurationError(f"'{name}' makes two commands of one id: {found}")
    return found
