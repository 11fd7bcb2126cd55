"""A command on its way: with its target, its id and what is known about who asked."""

import hashlib
from dataclasses import dataclass
from typing import Any

from pydantic_core import to_json, to_jsonable_python

from shared.kernel.messages.commit import Metadata
from shared.kernel.messages.message import Command, type_name
from shared.kernel.messages.stream import StreamName


@dataclass(frozen=True, slots=True)
class CommandRequest:
    """One command for one stream; the id is the client's or was made for it, and names it for ever.

    `expected` is the version that the client has seen: 0 for a stream that must not exist yet. A `derived` id
    names the command by what caused it, and stands for it even if newer code words the command otherwise.
    """

    stream: StreamName
    command: Command
    command_id: str
    metadata: Metadata
    expected: int | None = None
    derived: bool = False

    @property
    def digest(self) -> str:
        """Tell this command from any other: sha256 of type and data as JSON, members sorted by name."""
        data = _sorted(to_jsonable_python(self.command))
        content = {"data": data, "type": type_name(type(self.command))}
        return hashlib.sha256(to_json(content)).hexdigest()


def _sorted(value: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, dict):
        return {name: _sorted(value[name]) for name in sorted(value)}
    if isinstance(value, list):
        return [_sorted(one) for one in value]
    return value
