"""A command that is kept until its time has come: a row of its own beside those of the views."""

import hashlib
from dataclasses import dataclass, replace
from typing import Final, Literal, Self

from pydantic.alias_generators import to_camel

from shared.kernel.commands.outcome import FinalOutcome
from shared.kernel.commands.queued_command import encode_command
from shared.kernel.commands.request import CommandRequest
from shared.kernel.ports import Outcomes, Rows
from shared.kernel.views.listing import Filter, Listing
from shared.kernel.views.view import Row, RowKey

SCHEDULED: Final = "~scheduled"
"""Where the rows are; no view of a domain has such a name."""

_KEYS: Final = {
    name: to_camel(name) for name in ("command_id", "digest", "actor", "due", "message", "state")
}

type State = Literal["scheduled", "handed-over", "cancelled"]


@dataclass(frozen=True, slots=True)
class ScheduledCommand:
    """A command, when it is `due`, and what has become of it; `message` is what the mailbox is handed."""

    stream: str
    command_id: str
    digest: str
    actor: str | None
    due: str
    message: str
    state: State = "scheduled"

    @classmethod
    def of(cls, request: CommandRequest, accepted: str, due: str) -> Self:
        """Keep a command from when it was taken until it is due."""
        message = encode_command(request, accepted).decode()
        asked = str(request.stream), request.command_id, request.digest, request.metadata.actor
        return cls(*asked, due, message)

    @classmethod
    def read(cls, row: Row) -> Self:
        """Read a command out of its row."""
        fields = {name: row.data[key] for name, key in _KEYS.items()}
        return cls(stream=row.at.stream, **fields)

    @property
    def row(self) -> Row:
        """The row that it is kept as."""
        data = {key: getattr(self, name) for name, key in _KEYS.items()}
        return Row(place_of(self.stream, self.command_id), 1, data)


def place_of(stream: str, command_id: str) -> RowKey:
    """Tell where a command is kept; its id may hold what a key may not."""
    named = hashlib.sha256(f"{stream} {command_id}".encode()).hexdigest()
    return RowKey(SCHEDULED, named, stream)


async def settled(rows: Rows, at: RowKey, state: State) -> ScheduledCommand | None:
    """Bring a command that is still scheduled into another state; returns what it is then, None if there is none.

    It is replaced as it was read: of who hands it over and who cancels it, one is first.
    """
    while True:
        stored = await rows.read(at)
        if stored is None:
            return None
        command = ScheduledCommand.read(stored.row)
        if command.state != "scheduled":
            return command
        changed = replace(command, state=state)
        if await rows.write(changed.row, stored.tag):
            return changed


async def cancelled(command: ScheduledCommand, outcomes: Outcomes) -> bool:
    """Cancel a command that is not handed over, and tell whether it is: sent at once as well, it may be decided.

    Whoever decides it keeps that first, as this does: what is cancelled is never decided, and the other way round.
    """
    asked = command.stream, command.command_id
    if await outcomes.fate(*asked, command.digest, "cancelled") != "cancelled":
        return False
    why = "", ""
    await outcomes.write(FinalOutcome(*asked, "cancelled", 0, *why, command.digest, command.actor))
    return True


def in_state(state: State, limit: int, until: str | None = None) -> Listing:
    """List the commands in a state, those alone that are due until a time if there is one."""
    filters = [Filter("state", "=", state)]
    filters += [Filter("due", "<=", until)] if until is not None else []
    return Listing(SCHEDULED, filters, limit=limit)
