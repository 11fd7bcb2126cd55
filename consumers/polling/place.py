"""Where a feed was left: what is kept in `progress`, behind the effect of what came before."""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Self

from pydantic import BaseModel, ConfigDict

from consumers.polling.documents import Item
from shared.kernel.messages.commit import timestamp

SHORTEST, LONGEST = timedelta(minutes=1), timedelta(minutes=15)
"""Between two tries of a feed that fails: from one to the other, doubling."""
MOST = timedelta(days=1)
"""A feed that asks for a longer pause is asked after this one, all the same."""


class Place(BaseModel):
    """Where to go on in a feed that is at `feed`; a place in another says nothing about this one."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    feed: str
    # Of batches: what is asked next (nothing: the feed itself, to find its beginning), and the last event before.
    url: str | None = None
    last: str | None = None
    # Of Atom: the archive that was handled last, those on the way back to it, and whether the way was found.
    done: str | None = None
    back: tuple[str, ...] = ()
    found: bool = False
    # What was handled of the document that is being read, and of the one of Atom that is in front of all archives.
    seen: tuple[str, ...] = ()
    tag: str | None = None
    failures: int = 0
    since: str | None = None
    until: str | None = None

    def waits(self, now: datetime) -> bool:
        """Tell whether it is too early to ask again."""
        return self.until is not None and timestamp(now) < self.until

    def unfollowed(self, now: datetime) -> float:
        """Give the seconds since the feed failed for the first time in a row; 0 while it does not."""
        if self.since is None:
            return 0.0
        return max((now - datetime.fromisoformat(self.since)).total_seconds(), 0.0)

    def failed(self, now: datetime, wait: float | None) -> Self:
        """Give the place behind a failure: it is asked later, as the feed says, or later each time."""
        pause = min(SHORTEST * 2 ** min(self.failures, 10), LONGEST)
        if wait is not None:
            pause = min(timedelta(seconds=wait), MOST)
        since = self.since or timestamp(now)
        until = timestamp(now + pause)
        return self.model_copy(
            update={"failures": self.failures + 1, "since": since, "until": until}
        )

    def moved(self, **changes: object) -> Self:
        """Give the place behind what was handled: nothing waits any more."""
        return self.model_copy(update={"failures": 0, "since": None, "until": None, **changes})


def names(items: Iterable[Item]) -> tuple[str, ...]:
    """Give short names of events, as many as a document has; what cannot be read has none."""
    known = (f"{one.about} {one.id}" for one in items if one.id)
    return tuple(hashlib.sha256(one.encode()).hexdigest()[:16] for one in known)


def unseen(place: Place, items: Iterable[Item]) -> list[Item]:
    """Give what of a document was not handled before."""
    known = set(place.seen)
    return [one for one in items if not one.id or names([one])[0] not in known]
