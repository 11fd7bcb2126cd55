"""Finds functions whose requests another function takes, because the host asks that one's route first.

The host asks routes in the alphabetical order of the functions' names, literals have no precedence, and a disabled
function keeps its route. A router that prefers literals agrees only where the earlier route is the narrower one.
"""

from collections.abc import Iterable, Iterator
from itertools import combinations

from emulators.host.routes import Route, Segment, in_order


def shadowed(routes: Iterable[Route]) -> Iterator[str]:
    """Yields a sentence for each route of which an earlier one takes requests."""
    for first, second in combinations(in_order(routes), 2):
        if _overlap(first, second) and not _narrower(first, second):
            yield (
                f"{first.function} ({first.template}) takes requests of {second.function}"
                f" ({second.template}): the host asks {first.function} first, in alphabetical order"
            )


def _overlap(left: Route, right: Route) -> bool:
    methods = not (left.methods and right.methods) or set(left.methods) & set(right.methods)
    return bool(methods) and _meet(left.segments, right.segments)


def _meet(left: tuple[Segment, ...], right: tuple[Segment, ...]) -> bool:
    """True if some path fits both."""
    if not left or not right:
        return all(segment.rest for segment in left + right)
    if left[0].rest or right[0].rest:
        return True
    same = left[0].parameter or right[0].parameter or _equal(left[0], right[0])
    return same and _meet(left[1:], right[1:])


def _narrower(left: Route, right: Route) -> bool:
    """True if every path of the left route fits the right one as well, and not the other way round."""
    return _within(left.segments, right.segments) and not _within(right.segments, left.segments)


def _within(inner: tuple[Segment, ...], outer: tuple[Segment, ...]) -> bool:
    if not inner or not outer or inner[0].rest or outer[0].rest:
        return (not inner and not outer) or bool(outer and outer[0].rest)
    return (outer[0].parameter or _equal(inner[0], outer[0])) and _within(inner[1:], outer[1:])


def _equal(left: Segment, right: Segment) -> bool:
    return not left.parameter and not right.parameter and left.text.lower() == right.text.lower()
