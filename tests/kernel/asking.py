"""How tests ask for commands, whatever the domain: at noon, and without a pause between two tries."""

from datetime import UTC, datetime

from shared.kernel.commands.request import CommandRequest
from shared.kernel.delivery.stream_pages import pages
from shared.kernel.messages.commit import Commit, Metadata
from shared.kernel.messages.message import Command
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import EventReader

NOON = "2026-11-23T12:00:00.000000Z"


def asked(
    command: Command, command_id: str, stream: StreamName, by: str | None = None
) -> CommandRequest:
    """Ask for a command as a client does."""
    metadata = Metadata(correlation_id=command_id, causation_id=command_id, actor=by)
    return CommandRequest(stream, command, command_id, metadata)


def at_noon() -> datetime:
    """Tell the time: it is noon."""
    return datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


async def no_pause(_attempt: int) -> None:
    """Try again at once."""


async def whole(store: EventReader, stream: StreamName, after: int = 0) -> list[Commit]:
    """Read all commits of a stream behind a version."""
    return [commit async for page in pages(store, stream, after) for commit in page]
