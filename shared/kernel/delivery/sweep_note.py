"""What the sweep notes: how far the feed is proven, and what is still to be seen."""

from pydantic import BaseModel, ConfigDict

from shared.kernel.ports import Progress

NAME = "sweep"


class Again(BaseModel):
    """Up to which version a stream is still to be seen, and when it was sent again: empty while it cannot be."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    version: int
    sent: str


class SweepNote(BaseModel):
    """One note for all: whoever writes it over writes what belongs together.

    Everything before the `places` was seen in the rows, or its stream stands in `again`.
    """

    model_config = ConfigDict(defer_build=True)

    places: dict[str, str] = {}
    again: dict[str, Again] = {}


async def read_note(progress: Progress) -> SweepNote:
    """Reads what was noted last; raises as progress does."""
    noted = await progress.read(NAME)
    return SweepNote.model_validate_json(noted) if noted else SweepNote()
