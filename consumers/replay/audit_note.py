"""How far the audit of store and log is, and what it has found."""

from collections.abc import Iterable
from typing import Literal

from pydantic import BaseModel, ConfigDict

SHOWN = 100
"""So many differences are named; all are counted."""

NOT_TOLD = "it is in the store, and not in the log"
NOT_STORED = "it is in the log, and not in the store"
NOWHERE = "a later version is in the store, and this one neither there nor in the log"
HELD_BACK = "it is not in the log: the publisher has parked its stream"
OUT_OF_ORDER = "the log tells it behind a later version"
UNREADABLE = "the store has an item here that is no commit"
NO_EVENT = "the message of this number is no event"


class Difference(BaseModel):
    """What store and log do not agree on: a version of a stream, or a message by partition and number."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    stream: str
    version: int
    what: str

    def __str__(self) -> str:
        return f"{self.stream}@{self.version}: {self.what}"


class Differences(BaseModel):
    """Differences: the first, and how many there are."""

    model_config = ConfigDict(defer_build=True)

    counted: int = 0
    first: list[Difference] = []

    def add(self, found: Iterable[Difference]) -> None:
        """Count differences, and name them as long as there is room."""
        for one in found:
            self.counted += 1
            if len(self.first) < SHOWN:
                self.first.append(one)

    def merge(self, others: "Differences") -> None:
        """Add others, of which not all are named."""
        unnamed = others.counted - len(others.first)
        self.add(others.first)
        self.counted += unnamed


class AuditNote(BaseModel):
    """The audit bucket by bucket: when it began by the clock of the store, and what the ended ones came to."""

    model_config = ConfigDict(defer_build=True)

    begun: str
    buckets: int = 1
    ended: int = 0
    events: int = 0
    messages: int = 0
    differences: Differences = Differences()
    stopped: str | None = None

    @property
    def phase(self) -> Literal["running", "stopped", "done"]:
        """Tell what the audit does now."""
        if self.stopped is not None:
            return "stopped"
        return "done" if self.ended == self.buckets else "running"

    @property
    def agrees(self) -> bool:
        """Tell whether store and log were found to say the same."""
        return self.phase == "done" and self.differences.counted == 0

    def split(self) -> "AuditNote":
        """Begin anew with twice as many buckets."""
        return AuditNote(begun=self.begun, buckets=2 * self.buckets)
