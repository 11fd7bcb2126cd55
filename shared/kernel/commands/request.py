"""A command on its way: with its target, its id and what is known about who asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic_core import to_jsonable_python

from shared.kernel.commands.context import Context, context_of
from shared.kernel.commands.expected_version import Expected
from shared.kernel.commands.request_digest import digest_of
from shared.kernel.messages.commit import Commit, Metadata
from shared.kernel.messages.derived_id import is_derived, is_fact
from shared.kernel.messages.message import Command, type_name
from shared.kernel.messages.stream import StreamName


@dataclass(frozen=True, slots=True)
class CommandRequest:
    """One command for one stream; the id is the client's or was made for it, and names it for ever.

    `expected` is what the client takes for the version of the stream. `received` is the JSON that a client sent,
    None for what our own code made.
    """

    stream: StreamName
    command: Command
    command_id: str
    metadata: Metadata
    expected: Expected | None = None
    received: Mapping[str, Any] | None = field(default=None, compare=False)

    def context(self, time: str) -> Context:
        """Give what the decision may know that is made at a time."""
        return context_of(self.command_id, self.metadata, time)

    @property
    def data(self) -> Mapping[str, Any]:
        """The command as JSON: as it was received, before newer code gave it other defaults."""
        if self.received is not None:
            return self.received
        made: Mapping[str, Any] = to_jsonable_python(self.command)
        return made

    @property
    def digest(self) -> str:
        """Tell this command from any other under its id."""
        return digest_of(type_name(type(self.command)), self.data, self.metadata.actor)

    def is_answered_by(self, stored: Commit) -> bool:
        """Tell whether what is stored under the id of this command is its commit.

        A derived id stands for what it was made of, even if newer code words the command otherwise: the reaction,
        and the event unless it is a fact.
        """
        if not is_derived(self.command_id):
            return stored.command_digest == self.digest
        cause, own = stored.metadata, self.metadata
        same_event = is_fact(self.command_id) or cause.causation_id == own.causation_id
        return same_event and cause.actor == own.actor
