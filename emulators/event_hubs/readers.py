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

    def steal(self) -> None:
        """Tell the reader that another took its place."""


@dataclass(slots=True)
class Readers:
    """The readers of every partition and consumer group."""

    _admitted: dict[Place, list[Reader]] = field(default_factory=dict)

    def admit(self, place: Place, reader: Reader) -> None:
        """Let a reader in, and those go whom it displaces; raises RefusedError."""
        present = self._admitted.setdefault(place, [])
        highest = max((other.epoch for other in present if other.epoch is not None), default=None)
        if reader.epoch is None:
            _check_room(place, present, highest)
        else:
            if highest is not None and highest > reader.epoch:
                raise _taken(place, highest)
            for other in present.copy():
                other.steal()
            present.clear()
        present.append(reader)

    def leave(self, place: Place, reader: Reader) -> None:
        """Forget a reader; one that was displaced is forgotten already."""
        present = self._admitted.get(place, [])
        present[:] = [other for other in present if other is not reader]


def _check_room(place: Place, present: list[Reader], highest: int | None) -> None:
    if highest is not None:
        raise _taken(place, highest)
    if len(present) >= MOST_READERS:
        raise RefusedError(
            RESOURCE_LIMIT_EXCEEDED,
            "Exceeded the maximum number of allowed receivers per partition in a consumer group"
            f" which is {MOST_READERS}. List of connected receivers -"
            f" {', '.join(other.name for other in present)}.",
        )


def _taken(place: Place, epoch: int) -> RefusedError:
    return RefusedError(
        STOLEN,
        f"A receiver with the epoch {epoch} exists for consumer group '{place[1]}': a new one needs"
        " the same epoch or a higher one.",
    )
