"""The deadline: what becomes of a stream that has waited for too long."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from shared.kernel.derived_id import derived_id
from shared.kernel.listing import Scalar
from shared.kernel.message import Command
from shared.kernel.stream import StreamName
from shared.kernel.view import View


@dataclass(frozen=True, slots=True)
class Deadline:
    """Sends a process command without fields to streams whose rows hold certain values, `after` their last event.

    The view only says where to look; how long a stream has waited is read from the stream itself.
    """

    name: str
    view: View[Any]
    waiting: Mapping[str, Scalar]
    after: timedelta
    command: type[Command]

    def identify(self, stream: StreamName, version: int) -> str:
        """Name the command for a stream that has not gone on since a version."""
        return derived_id(f"{stream}@{version}", self.name, stream, "")
