"""Routes as ASP.NET Core matches them: segment by segment, literals before parameters."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from emulators.host.configuration import ConfigurationError

_PARAMETER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
_LITERAL = re.compile(r"[A-Za-z0-9._~-]+")
EVERY_METHOD = ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS")


@dataclass(frozen=True, slots=True)
class Segment:
    """A literal, or a parameter that takes one segment."""

    text: str
    parameter: bool


@dataclass(frozen=True, slots=True)
class Route:
    """A template and the methods that it serves."""

    function: str
    template: str
    segments: tuple[Segment, ...]
    methods: tuple[str, ...]

    @property
    def precedence(self) -> tuple[bool, ...]:
        """Sort literals first, from left to right."""
        return tuple(segment.parameter for segment in self.segments)

    def overlaps(self, other: "Route") -> bool:
        """Tell whether a request could not choose between the two."""

        def shape(route: Route) -> list[str | None]:
            return [None if one.parameter else one.text.lower() for one in route.segments]

        return shape(self) == shape(other) and bool(set(self.methods) & set(other.methods))

    def match(self, method: str, segments: Sequence[str]) -> dict[str, str] | None:
        """Give the parameters of a request's segments, or None."""
        if method not in self.methods or len(segments) != len(self.segments):
            return None
        found: dict[str, str] = {}
        for wanted, given in zip(self.segments, segments, strict=True):
            if wanted.parameter:
                found[wanted.text] = given
            elif wanted.text.lower() != given.lower():
                return None
        return found if all(found.values()) else None


def parse_route(function: str, template: str, methods: Iterable[str]) -> Route:
    """Read a template; raises ConfigurationError for what the local host does not support."""
    parts = template.strip("/").split("/")
    served = tuple(method.upper() for method in methods) or EVERY_METHOD
    return Route(function, template, tuple(_segment(function, part) for part in parts), served)


def _segment(function: str, part: str) -> Segment:
    parameter = _PARAMETER.fullmatch(part)
    if parameter:
        return Segment(parameter[1], parameter=True)
    if _LITERAL.fullmatch(part):
        return Segment(part, parameter=False)
    raise ConfigurationError(
        f"function '{function}': the local host does not support {part!r} in a route"
    )


def find(
    routes: Iterable[Route], method: str, raw_path: str
) -> tuple[Route, dict[str, str]] | None:
    """Find the route of a request by its undecoded path; a wrong method finds nothing, as in Azure."""
    segments = [_decode(part) for part in raw_path.strip("/").split("/")]
    for route in sorted(routes, key=lambda route: route.precedence):
        parameters = route.match(method, segments)
        if parameters is not None:
            return route, parameters
    return None


def _decode(part: str) -> str:
    """Decode a segment; an encoded slash stays encoded, or it would be a separator."""
    return unquote(re.sub("%2f", "%252F", part, flags=re.IGNORECASE))
