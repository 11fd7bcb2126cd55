"""Routes as the host matches them: the first function by name whose template fits, segment by segment."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from emulators.host.errors import ConfigurationError

_PARAMETER = re.compile(r"\{(\*?)([A-Za-z_][A-Za-z0-9_]*)\}")
_LITERAL = re.compile(r"[A-Za-z0-9._~-]+")


@dataclass(frozen=True, slots=True)
class Segment:
    """A literal, or a parameter that takes one segment, or as a catch-all the rest of the path."""

    text: str
    parameter: bool
    rest: bool = False


@dataclass(frozen=True, slots=True)
class Route:
    """A template and the methods that it serves; none are all."""

    function: str
    template: str
    segments: tuple[Segment, ...]
    methods: tuple[str, ...]

    def match(self, method: str, segments: Sequence[str]) -> dict[str, str] | None:
        """Give the parameters of a request's segments, or None."""
        if self.methods and method not in self.methods:
            return None
        taken = list(segments)
        if self.segments[-1].rest:
            fixed = len(self.segments) - 1
            taken[fixed:] = ["/".join(segments[fixed:])]
        if len(taken) != len(self.segments):
            return None
        found: dict[str, str] = {}
        for wanted, given in zip(self.segments, taken, strict=True):
            if wanted.parameter:
                found[wanted.text] = given
            elif wanted.text.lower() != given.lower():
                return None
        whole = all(
            given or wanted.rest for wanted, given in zip(self.segments, taken, strict=True)
        )
        return found if whole else None


def parse_route(function: str, template: str, methods: Iterable[str]) -> Route:
    """Read a template; raises ConfigurationError for what the local host does not support."""
    parts = template.strip("/").split("/")
    segments = tuple(_segment(function, part) for part in parts)
    if any(segment.rest for segment in segments[:-1]):
        raise ConfigurationError(f"function '{function}': a catch-all parameter ends a route")
    return Route(function, template, segments, tuple(method.upper() for method in methods))


def _segment(function: str, part: str) -> Segment:
    parameter = _PARAMETER.fullmatch(part)
    if parameter:
        return Segment(parameter[2], parameter=True, rest=bool(parameter[1]))
    if _LITERAL.fullmatch(part):
        return Segment(part, parameter=False)
    raise ConfigurationError(
        f"function '{function}': the local host does not support {part!r} in a route"
    )


def in_order(routes: Iterable[Route]) -> list[Route]:
    """Sort routes as the host asks them: by the names of their functions."""
    return sorted(routes, key=lambda route: route.function.lower())


def find(routes: Iterable[Route], method: str, path: str) -> tuple[Route, dict[str, str]] | None:
    """Find the first of some routes that a decoded path fits; a wrong method is no match, as in Azure."""
    segments = path.removesuffix("/").split("/")
    for route in routes:
        parameters = route.match(method, segments)
        if parameters is not None:
            return route, parameters
    return None
