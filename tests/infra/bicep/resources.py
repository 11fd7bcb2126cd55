"""What a deployment asks for, and what is known of it before Azure has answered."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Resource:
    """What one resource is asked to be; `scope` is the id of what it stands on, if it says so.

    `after` are the ids of everything that is made before it.
    """

    kind: str
    version: str
    name: str
    id: str
    body: dict[str, Any]
    scope: str | None = None
    existing: bool = False
    skipped: dict[str, str] = field(default_factory=dict)
    children: dict[str, "Resource"] = field(default_factory=dict)
    after: set[str] = field(default_factory=set)

    @property
    def properties(self) -> dict[str, Any]:
        """What it is asked to be, without name, place and tags."""
        found: dict[str, Any] = self.body.get("properties", {})
        return found

    def get(self, name: str) -> Any:
        """Give what an expression finds behind `resource.name`."""
        known = {"properties": {}, **self.body, "id": self.id, "name": self.name}
        value, place = known.get(name), f"{self.id}.{name}"
        if isinstance(value, dict):
            return Answer(value, place)
        return Later(place) if value is None else value


class Later(str):
    """A value that only Azure knows: it says where it will come from."""

    __slots__ = ()


def later(text: str, *of: Any) -> str:
    """Returns a text that is made of values: known later, if one of them is."""
    return Later(text) if any(isinstance(one, Later) for one in of) else text


class Answer(dict[str, Any]):
    """What a resource has become: what was asked, and what Azure adds to it."""

    def __init__(self, asked: dict[str, Any], place: str) -> None:
        super().__init__(asked)
        self._place = place

    def __missing__(self, name: str) -> Later:
        return Later(f"{self._place}.{name}")


@dataclass(slots=True)
class Outputs:
    """What a module gives back, and the ids of what it has made."""

    values: dict[str, Any]
    made: list[str]
