"""The cursor of a reader: how far it is in each chain of a feed. Readers take it as it is given to them."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import NamedTuple, Self

from shared.kernel.errors import InvalidMessage

_NUMBER = r"(?:0|[1-9][0-9]{0,11})"
_WRITTEN = re.compile(
    rf"([a-z0-9-]+);({_NUMBER});({_NUMBER});({_NUMBER}:{_NUMBER}(?:,{_NUMBER}:{_NUMBER})*)"
)


class Place(NamedTuple):
    """A page of a chain, and how many of its events a reader has."""

    page: int
    events: int


BEGINNING = Place(1, 0)


@dataclass(frozen=True, slots=True)
class FeedCursor:
    """Places in all chains of a generation of a feed, by partition; `turn` is the one that is read first."""

    feed: str
    generation: int
    places: tuple[Place, ...]
    turn: int = 0

    @classmethod
    def begin(cls, feed: str, generation: int, partitions: int) -> Self:
        """Give the cursor before the first event."""
        return cls(feed, generation, (BEGINNING,) * partitions)

    def __str__(self) -> str:
        places = ",".join(f"{place.page}:{place.events}" for place in self.places)
        written = f"{self.feed};{self.generation};{self.turn};{places}"
        return urlsafe_b64encode(written.encode()).decode()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a cursor; raises InvalidMessage for what is none."""
        try:
            found = _WRITTEN.fullmatch(urlsafe_b64decode(text).decode())
        except ValueError:
            found = None
        if found is None:
            raise InvalidMessage("it is no cursor")
        pairs = (pair.partition(":") for pair in found[4].split(","))
        places = tuple(Place(int(page), int(events)) for page, _, events in pairs)
        cursor = cls(found[1], int(found[2]), places, int(found[3]))
        if cursor.turn >= len(places) or any(place.page < 1 for place in places):
            raise InvalidMessage("it is no cursor")
        return cursor
