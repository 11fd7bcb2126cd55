"""Places in the feed by stretches of keys: a range that splits or merges goes on from those of its parents."""

from collections.abc import Mapping
from typing import NamedTuple, Self

from shared.kernel.ports import Feed


class Stretch(NamedTuple):
    """The keys from `first` on, up to and without `beyond`, in the order of the store."""

    first: str
    beyond: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads what `str` writes."""
        first, _, beyond = text.partition("-")
        return cls(first, beyond)

    def __str__(self) -> str:
        return f"{self.first}-{self.beyond}"


def inherited[P](range_: str, known: Mapping[str, P]) -> dict[str, P | None]:
    """Cuts a range where places change, and gives each piece the place that covers it; None where none does.

    A child of a split has the place of its parent. A range that was merged keeps the place of each parent, for
    the keys of that parent: one place for all would pass over what the slower of them has still to see.
    """
    whole = Stretch.parse(range_)
    places = {Stretch.parse(one): place for one, place in known.items()}
    bounds = {bound for one in places for bound in one if whole.first < bound < whole.beyond}
    cuts = [whole.first, *sorted(bounds), whole.beyond]
    pieces: list[tuple[Stretch, P | None]] = []
    for piece in map(Stretch, cuts, cuts[1:]):
        place = _covering(piece, places)
        if pieces and pieces[-1][1] == place:
            before, _ = pieces.pop()
            pieces.append((Stretch(before.first, piece.beyond), place))
        else:
            pieces.append((piece, place))
    return {str(piece): place for piece, place in pieces}


async def reached[P](feed: Feed, known: Mapping[str, P]) -> dict[str, P | None]:
    """Gives the place of each piece of the feed as it is cut now; raises as the feed does."""
    ranges = await feed.ranges()
    return {piece: place for one in ranges for piece, place in inherited(one, known).items()}


def _covering[P](piece: Stretch, places: Mapping[Stretch, P]) -> P | None:
    """Find the place of a piece; of several that cover it that of the shortest stretch, which split off last."""
    covering = [one for one in places if one.first <= piece.first and piece.beyond <= one.beyond]
    if not covering:
        return None
    first = max(one.first for one in covering)
    beyond = min(one.beyond for one in covering if one.first == first)
    return places[Stretch(first, beyond)]
