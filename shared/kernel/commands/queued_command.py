"""A command as it waits in the durable mailbox: one JSON message of the hub `commands`."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import to_json

from shared.kernel.commands.expected_version import Expected
from shared.kernel.commands.request import CommandRequest
from shared.kernel.commands.request_digest import digest_of
from shared.kernel.domain import Domain
from shared.kernel.errors import InvalidMessage
from shared.kernel.messages.commit import Metadata
from shared.kernel.messages.derived_id import is_derived
from shared.kernel.messages.json_reading import read
from shared.kernel.messages.message import Command, type_name
from shared.kernel.messages.stream import StreamName
from shared.kernel.validation_faults import told


class QueuedCommand(BaseModel):
    """The parts of a command request, as they go over the wire."""

    model_config = ConfigDict(defer_build=True, alias_generator=to_camel, validate_by_name=True)
    stream: str
    type: str
    data: dict[str, Any]
    command_id: str
    metadata: Metadata
    # A message of before holds one version.
    expected: int | Expected | None = None

    @property
    def digest(self) -> str:
        """Tell this command from any other under its id, even if this code does not know its type."""
        return digest_of(self.type, self.data, self.metadata.actor)


def encode_command(request: CommandRequest, accepted: str) -> bytes:
    """Write a command as the body of a message, with the time at which it is taken."""
    waiting = QueuedCommand(
        stream=str(request.stream),
        type=type_name(type(request.command)),
        data=dict(request.data),
        command_id=request.command_id,
        metadata=replace(request.metadata, accepted=accepted),
        expected=_written(request.expected),
    )
    shown = waiting.model_dump(mode="json", by_alias=True, exclude_none=True)
    # As older code reads it, which asks for both.
    return to_json({**shown, "metadata": {**shown["metadata"], "time": accepted}})


def _written(expected: Expected | None) -> int | Expected | None:
    """Write one version as older code reads it."""
    if expected is None or expected.among is None or expected.other_than:
        return expected
    return next(iter(expected.among)) if len(expected.among) == 1 else expected


def stream_of(body: bytes) -> tuple[QueuedCommand, StreamName]:
    """Read the body of a message, and for whom it is; raises InvalidMessage."""
    try:
        waiting = QueuedCommand.model_validate_json(body)
    except ValidationError as error:
        raise InvalidMessage(f"a message of the mailbox is no command: {told(error)}") from None
    return waiting, StreamName.parse(waiting.stream)


def waiting_in(content: Mapping[str, Any]) -> QueuedCommand:
    """Read a command as its marker keeps it; raises InvalidMessage."""
    try:
        return QueuedCommand.model_validate(content)
    except ValidationError as error:
        raise InvalidMessage(f"no command is kept of it: {told(error)}") from None


def request_of(waiting: QueuedCommand, domain: Domain) -> CommandRequest:
    """Give the command that waited; raises InvalidMessage, UnknownMessage for what this code does not know."""
    stream = StreamName.parse(waiting.stream)
    category = domain.category(stream.category)
    known = {type_name(command): command for command in category.commands}
    if is_derived(waiting.command_id):
        raise InvalidMessage("the id of a command that waits is none that a client can give")
    if waiting.type not in known:
        raise InvalidMessage(f"category '{category.name}' has no command {waiting.type}")
    try:
        command: Command = read(known[waiting.type], waiting.data)
    except InvalidMessage as error:
        raise InvalidMessage(f"{waiting.type}: {error}") from error
    metadata, expected = waiting.metadata, waiting.expected
    if isinstance(expected, int):
        expected = Expected.at(expected)
    return CommandRequest(stream, command, waiting.command_id, metadata, expected, waiting.data)
