"""What a command came to, and the request units that it cost."""

from dataclasses import dataclass, field

from shared.kernel.commands.decider import Refusal
from shared.kernel.messages.commit import Commit


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


type Negative = Unchanged | Refused | Outdated
type Outcome = Accepted | Negative
