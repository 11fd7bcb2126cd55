"""What the sweep notes: how far the feed is proven, and what was sent again and is still to be seen."""

from pydantic import BaseModel, ConfigDict

from shared.kernel.ports import Progress

NAME = "sweep"


class Again(BaseModel):
    """Up to which version a stream was sent again, and when."""

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


async def write_note(progress: Progress, note: SweepNote) -> None:
    """Notes how far a sweep is; raises as progress does."""
    await progress.write(NAME, note.model_dump_json())
