"""Stretches of keys, and what becomes of those of a lease when the ranges of the container change."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple


class Stretch(NamedTuple):
    """The effective keys from `first` on, up to and without `beyond`."""

    first: str
    beyond: str

    def within(self, other: "Stretch") -> "Stretch | None":
        """Give what two have in common, if anything."""
        first, beyond = max(self.first, other.first), min(self.beyond, other.beyond)
        return Stretch(first, beyond) if first < beyond else None


class Heir(NamedTuple):
    """What takes the place of a lease: all of a range, or only these keys of one."""

    stretch: Stretch
    range: Mapping[str, Any] | None


def bounds_of(range_: Mapping[str, Any]) -> Stretch:
    """Give the keys of a range, as the service lists it."""
    return Stretch(range_["minInclusive"], range_["maxExclusive"])


def heirs(
    stretch: Stretch, ranges: Sequence[Mapping[str, Any]], *, is_of_range: bool
) -> list[Heir]:
    """Name what takes the place of a lease on a stretch; nothing, as long as the lease is right.

    Of a range that split each child has one. A range that merged is gone as well: what it had goes on as a
    stretch of the new one, beside the stretch of its neighbour.
    """
    found: list[Heir] = []
    for one in ranges:
        common = stretch.within(bounds_of(one))
        if common is not None:
            is_whole = is_of_range and common == bounds_of(one)
            found.append(Heir(common, one if is_whole else None))
    is_right = len(found) == 1 and (found[0].range is not None or not is_of_range)
    return [] if is_right else found
