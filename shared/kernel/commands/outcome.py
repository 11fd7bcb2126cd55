"""What a command came to, and the request units that it cost."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from shared.kernel.commands.decider import Refusal
from shared.kernel.commands.request import CommandRequest
from shared.kernel.errors import (
    CommandIdReused,
    EventTooLarge,
    NumberTooLarge,
    OnewriteError,
    PassedOver,
    StoreRefused,
    StreamFull,
    UnreadableEvent,
)
from shared.kernel.messages.commit import Commit

# What the SDKs say names accounts and addresses, and whoever knows a command's id may ask for its outcome.
_WHY: Mapping[str, str] = {
    CommandIdReused.code: "The command id stands for another command on this stream.",
    EventTooLarge.code: "An event of the command does not fit into the log.",
    NumberTooLarge.code: "An event of the command holds a number that cannot be stored exactly.",
    StoreRefused.code: "The store rejected the write.",
    StreamFull.code: "The stream is full.",
    UnreadableEvent.code: "The new event cannot be read back.",
}
FORBIDDEN = "Who asks for this may not."
_OURS = "The fault is ours. It has been logged."


@dataclass(frozen=True, slots=True)
class Accepted:
    """The command's commit; `repeated` when it was stored for an earlier copy of the command."""

    commit: Commit
    repeated: bool
    charge: float = field(default=0.0, compare=False)

    @property
    def version(self) -> int:
        """The version that the commit brought the stream to."""
        return self.commit.version


@dataclass(frozen=True, slots=True)
class Unchanged:
    """There was nothing to do at this version of the stream."""

    version: int
    charge: float = field(default=0.0, compare=False)


@dataclass(frozen=True, slots=True)
class Refused:
    """The domain said no at this version of the stream."""

    refusal: Refusal
    version: int
    charge: float = field(default=0.0, compare=False)


@dataclass(frozen=True, slots=True)
class Outdated:
    """The stream is at this version, and the client expected another."""

    version: int
    charge: float = field(default=0.0, compare=False)


@dataclass(frozen=True, slots=True)
class Forbidden:
    """The actor may not ask for this, at this version of the stream."""

    version: int
    charge: float = field(default=0.0, compare=False)


type Negative = Unchanged | Refused | Outdated | Forbidden
type Outcome = Accepted | Negative


type Fate = Literal["decided", "cancelled"]
"""Whether a command that waited is decided or cancelled: what is kept first is so for good."""


@dataclass(frozen=True, slots=True)
class FinalOutcome:
    """What became of a command that left no commit: what its client is told, unless one is stored after all.

    `code` and `detail` say why, for all but `unchanged`. `digest` and `actor` are the command's; older code kept
    neither.
    """

    stream: str
    command_id: str
    kind: Literal["refused", "unchanged", "outdated", "forbidden", "failed", "cancelled"]
    version: int
    code: str = ""
    detail: str = ""
    digest: str = ""
    actor: str | None = None


def final(request: CommandRequest, outcome: Negative) -> FinalOutcome:
    """Keep what a command came to."""
    command = str(request.stream), request.command_id
    version, asked = outcome.version, (request.digest, request.metadata.actor)
    if isinstance(outcome, Refused):
        why = outcome.refusal.code, outcome.refusal.sentence
        return FinalOutcome(*command, "refused", version, *why, *asked)
    if isinstance(outcome, Outdated):
        why = "precondition-failed", f"The stream is at version {version}."
        return FinalOutcome(*command, "outdated", version, *why, *asked)
    if isinstance(outcome, Forbidden):
        return FinalOutcome(*command, "forbidden", version, "forbidden", FORBIDDEN, *asked)
    return FinalOutcome(*command, "unchanged", version, "", "", *asked)


def failed(
    stream: str, command_id: str, digest: str, actor: str | None, error: Exception
) -> FinalOutcome:
    """Keep that a command can never be handled, and why: of the error itself only what an operator said of it."""
    code = error.code if isinstance(error, OnewriteError) else OnewriteError.code
    detail = str(error) if isinstance(error, PassedOver) else _WHY.get(code, _OURS)
    return FinalOutcome(stream, command_id, "failed", 0, code, detail, digest, actor)
