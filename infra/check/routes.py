"""Finds HTTP functions that no request reaches, because the route of another function takes it first.

The host asks routes in the alphabetical order of the functions' names, and a disabled function keeps its route. A
router that prefers literals over parameters agrees with it only where the earlier route is the narrower one.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Route:
    """The route of a function. A segment that takes anything is None; no methods are all methods."""

    function: str
    template: str
    segments: tuple[str | None, ...]
    methods: frozenset[str]

    @classmethod
    def read(cls, function: str, trigger: dict[str, Any]) -> Self:
        """Reads an HTTP trigger as its decorator describes it."""
        template = str(trigger.get("route") or function)
        segments = tuple(
            None if part.startswith("{") else part.lower() for part in template.split("/")
        )
        methods = frozenset(str(method).upper() for method in trigger.get("methods") or ())
        return cls(function, template, segments, methods)

    @property
    def open_ended(self) -> bool:
        """True if the template takes a varying number of segments, which cannot be compared here."""
        return any(mark in self.template for mark in ("{*", "?}", "=")) and not self.takes_all

    @property
    def takes_all(self) -> bool:
        """True if the template takes every path."""
        return self.template.startswith("{*") and len(self.segments) == 1

    def overlaps(self, other: Self) -> bool:
        """True if some request fits both."""
        shared = not (self.methods and other.methods) or bool(self.methods & other.methods)
        if self.takes_all or other.takes_all:
            return shared
        return (
            shared
            and len(self.segments) == len(other.segments)
            and all(
                mine is None or theirs is None or mine == theirs
                for mine, theirs in zip(self.segments, other.segments, strict=True)
            )
        )

    def narrower(self, other: Self) -> bool:
        """True if every path of this route fits the other as well, and not the other way round."""
        if other.takes_all:
            return not self.takes_all
        return (
            not self.takes_all
            and self.segments != other.segments
            and all(
                theirs is None or mine == theirs
                for mine, theirs in zip(self.segments, other.segments, strict=True)
            )
        )


def shadowed(routes: Iterable[Route]) -> Iterator[str]:
    """Yields a sentence for each route of which an earlier one takes requests."""
    ordered = sorted(routes, key=lambda route: route.function.lower())
    for route in ordered:
        if route.open_ended:
            yield f"{route.function}: the route {route.template!r} has no fixed number of segments"
    for first, second in combinations(ordered, 2):
        if first.overlaps(second) and not first.narrower(second):
            yield (
                f"{first.function} ({first.template}) takes requests of {second.function}"
                f" ({second.template}): the host asks {first.function} first, in alphabetical order"
            )
