"""The deadline: what becomes of a stream that has waited for too long."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from shared.kernel.commands.request import CommandRequest
from shared.kernel.messages.commit import Commit, Metadata
from shared.kernel.messages.derived_id import derived_id, reaction_name
from shared.kernel.messages.message import Command
from shared.kernel.messages.stream import StreamName
from shared.kernel.views.listing import Scalar
from shared.kernel.views.view import View


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

    def request(self, last: Commit) -> CommandRequest:
        """Make the command for a stream that has not gone on since a commit: the same for whoever looks."""
        stream, event_id = StreamName.parse(last.stream), f"{last.stream}@{last.version}"
        metadata = Metadata(
            correlation_id=last.metadata.correlation_id,
            causation_id=event_id,
            traceparent=last.metadata.traceparent,
            tracestate=last.metadata.tracestate,
            actor=reaction_name(self.name),
        )
        command_id = derived_id(event_id, self.name, stream, "")
        return CommandRequest(stream, self.command(), command_id, metadata)
