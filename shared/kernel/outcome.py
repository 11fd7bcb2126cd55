"""What a command came to."""

from dataclasses import dataclass

from shared.kernel.commit import Commit
from shared.kernel.decider import Refusal


@dataclass(frozen=True, slots=True)
class Accepted:
    """The command's commit; `repeated` when it was stored for an earlier copy of the command."""

    commit: Commit
    repeated: bool


@dataclass(frozen=True, slots=True)
class Unchanged:
    """There was nothing to do at this version of the stream."""

    version: int


@dataclass(frozen=True, slots=True)
class Refused:
    """The domain said no at this version of the stream."""

    refusal: Refusal
    version: int


type Outcome = Accepted | Unchanged | Refused
