"""How far a view is filled from the log, and which streams go on in it without a version that they lack."""

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from consumers.replay.holes import LogHole
from consumers.replay.log import Place

MOST_LACKING = 10_000
"""So many streams may lack a version: they stand in one note."""

TOLD = 10


class Stage(BaseModel):
    """How far a partition is folded, to where it ended when this began; the next round begins at `again`."""

    model_config = ConfigDict(defer_build=True)

    end: int
    place: Place = Place()
    events: int = 0
    time: str | None = None
    again: Place | None = None


class Note(BaseModel):
    """How far all of the log is folded, in rounds: the next one is for the streams that were `lacking` in this.

    A stream lacks a version if a later one has been passed over. `lacked` are those of the round before: all other
    streams are folded.
    """

    model_config = ConfigDict(defer_build=True)

    stages: list[Stage] = []
    lacking: dict[str, int] = {}
    lacked: dict[str, int] = {}

    def wants(self, stream: str) -> bool:
        """Tell whether anything of a stream is still to be folded."""
        return not self.lacked or stream in self.lacked

    def lacks(self, stream: str, version: int, stage: Stage) -> None:
        """Note that a stream goes on without a version; raises LogHole when too many do."""
        self.lacking[stream] = version
        stage.again = stage.again or stage.place
        if len(self.lacking) > MOST_LACKING:
            raise LogHole(_told(self.lacking))

    def is_done(self) -> bool:
        """End a round; False when another one begins. Raises LogHole when it would come to the same."""
        if not self.lacking:
            return True
        if self.lacking == self.lacked:
            raise LogHole(_told(self.lacking))
        self.lacked, self.lacking = self.lacking, {}
        for stage in self.stages:
            stage.place, stage.again = stage.again or stage.place, None
        return False


def begun(extents: Sequence[tuple[int, int]]) -> Note:
    """Begin with a log that holds so much."""
    return Note(stages=[Stage(end=last) for _, last in extents])


def _told(lacking: dict[str, int]) -> str:
    some = [f"{stream}@{version}" for stream, version in sorted(lacking.items())[:TOLD]]
    more = f" and {len(lacking) - TOLD} more" if len(lacking) > TOLD else ""
    return f"the log lacks {', '.join(some)}{more}, and holds what comes behind"
