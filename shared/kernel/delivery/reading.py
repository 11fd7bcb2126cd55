"""Reading what is stored of a stream: up to what nobody can read, and past it once an operator has decided so."""

from collections.abc import Set as AbstractSet

from shared.kernel.errors import Poison, UnreadableCommit
from shared.kernel.messages.commit import Commit
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import EventReader


async def read_past(
    store: EventReader, stream: StreamName, after: int, skipped: AbstractSet[int]
) -> tuple[list[Commit], Poison | None]:
    """Read the commits after a version, but for unreadable ones that are skipped; the next of these ends it.

    It is named as a Poison.
    """
    commits: list[Commit] = []
    while True:
        try:
            return [*commits, *(await store.read(stream, after)).commits], None
        except UnreadableCommit as error:
            if error.before:
                commits += (await store.read(stream, after, error.before)).commits
            if error.first not in skipped:
                return commits, Poison(str(stream), error.first, error)
            after = error.version
