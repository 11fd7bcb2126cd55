"""Messages from a client, put together from their frames."""

from dataclasses import dataclass, field

from emulators.event_hubs.frames import Frame
from emulators.event_hubs.refusals import TOO_LARGE, RefusedError

MAX_MESSAGE_SIZE = 1_048_576


@dataclass(slots=True)
class Arrival:
    """A message with what its sender said of it; bytes over the limit are counted, not kept."""

    id: int
    format: int
    settled: bool
    size: int = 0
    pieces: list[bytes] = field(default_factory=list)

    def message(self) -> bytes:
        """Give the message; raises RefusedError when it is larger than the link allows."""
        if self.size > MAX_MESSAGE_SIZE:
            raise RefusedError(
                TOO_LARGE,
                f"The received message (delivery-id:{self.id}, size:{self.size} bytes) exceeds the"
                f" limit ({MAX_MESSAGE_SIZE} bytes) currently allowed on the link.",
            )
        return b"".join(self.pieces)


@dataclass(slots=True)
class Assembly:
    """The message that is arriving on one link."""

    _arriving: Arrival | None = None

    def add(self, frame: Frame) -> Arrival | None:
        """Take the next frame; gives the message with its last one."""
        fields = frame.fields
        if self._arriving is None:
            self._arriving = Arrival(
                fields["delivery_id"], fields["message_format"] or 0, bool(fields["settled"])
            )
        arrival = self._arriving
        arrival.size += len(frame.payload)
        if arrival.size <= MAX_MESSAGE_SIZE:
            arrival.pieces.append(frame.payload)
        if fields["more"]:
            return None
        self._arriving = None
        return None if fields["aborted"] else arrival
