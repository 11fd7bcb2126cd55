"""Who may read a partition in a consumer group: one reader with the highest epoch, or five without."""

from dataclasses import dataclass, field
from typing import Protocol

from emulators.event_hubs.refusals import RESOURCE_LIMIT_EXCEEDED, STOLEN, RefusedError

MOST_READERS = 5

type Place = tuple[int, str]


class Reader(Protocol):
    """A link that reads; `epoch` is None for one that shares, `name` is what its client calls it."""

    @property
    def epoch(self) -> int | None: ...

    @property
    def name(self) -> str: ...

    def steal(self, by: "Reader") -> None:
        """Tell the reader that another took its place."""


@dataclass(slots=True)
class Readers:
    """The readers of every partition and consumer group."""

    _admitted: dict[Place, list[Reader]] = field(default_factory=dict)

    def admit(self, place: Place, reader: Reader) -> None:
        """Let a reader in, and those go whom it displaces; raises RefusedError."""
        present = self._admitted.setdefault(place, [])
        # One that has an epoch is alone.
        holder = next((other for other in present if other.epoch is not None), None)
        if reader.epoch is None:
            _check_room(present, holder)
        else:
            if holder is not None and (holder.epoch or 0) > reader.epoch:
                raise _taken(holder, reader)
            for other in present.copy():
                other.steal(reader)
            present.clear()
        present.append(reader)

    def leave(self, place: Place, reader: Reader) -> None:
        """Forget a reader; one that was displaced is forgotten already."""
        present = self._admitted.get(place, [])
        present[:] = [other for other in present if other is not reader]


def displaced(reader: Reader, by: Reader) -> RefusedError:
    """Say that a reader has to go, because of another."""
    return RefusedError(
        STOLEN,
        f"New receiver '{by.name}' with higher epoch of '{by.epoch}' is created hence current receiver"
        f" '{reader.name}' with epoch '{reader.epoch or 0}' is getting disconnected. If you are"
        " recreating the receiver, make sure a higher epoch is used.",
    )


def _check_room(present: list[Reader], holder: Reader | None) -> None:
    if holder is not None:
        raise RefusedError(
            STOLEN,
            f"At least one receiver for the endpoint is created with epoch of '{holder.epoch}', and so"
            " non-epoch receiver is not allowed. Either reconnect with a higher epoch, or make sure all epoch"
            " receivers are closed or disconnected.",
        )
    if len(present) >= MOST_READERS:
        raise RefusedError(
            RESOURCE_LIMIT_EXCEEDED,
            "Exceeded the maximum number of allowed receivers per partition in a consumer group"
            f" which is {MOST_READERS}. List of connected receivers -"
            f" {', '.join(other.name for other in present)}.",
        )


def _taken(holder: Reader, reader: Reader) -> RefusedError:
    return RefusedError(
        STOLEN,
        f"Receiver '{holder.name}' with a higher epoch '{holder.epoch}' already exists. Receiver"
        f" '{reader.name}' with epoch {reader.epoch} cannot be created. Make sure you are creating"
        " receiver with increasing epoch value to ensure connectivity, or ensure all old epoch receivers are"
        " closed or disconnected.",
    )
