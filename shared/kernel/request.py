"""A command on its way: with its target, its id and what is known about who asked."""

import hashlib
import json
from dataclasses import dataclass

from shared.kernel.commit import Metadata
from shared.kernel.message import Command, type_name
from shared.kernel.stream import StreamName

_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class CommandRequest:
    """One command for one stream; the id is the client's or was made for it, and names it for ever.

    `expected` is the version that the client has seen: 0 for a stream that must not exist yet.
    """

    stream: StreamName
    command: Command
    command_id: str
    metadata: Metadata
    expected: int | None = None

    @property
    def digest(self) -> str:
        """Tell this command from any other: sha256 of the canonical JSON of type and data."""
        content = {
            "type": type_name(type(self.command)),
            "data": self.command.model_dump(mode="json"),
        }
        return hashlib.sha256(_CANONICAL.encode(content).encode()).hexdigest()
