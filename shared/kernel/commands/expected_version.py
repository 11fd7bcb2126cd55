"""What a client takes for the version of a stream: a command is decided only if it is so."""

from dataclasses import dataclass
from typing import Self

from pydantic import ConfigDict
from pydantic.alias_generators import to_camel


@dataclass(frozen=True, slots=True)
class Expected:
    """One `among` these versions, if any are named, and none of `other_than`; 0 is a stream without events."""

    __pydantic_config__ = ConfigDict(alias_generator=to_camel, defer_build=True)
    among: frozenset[int] | None = None
    other_than: frozenset[int] = frozenset()

    @classmethod
    def at(cls, version: int) -> Self:
        """Expect one version."""
        return cls(frozenset({version}))

    def met(self, version: int) -> bool:
        """Tell whether a stream at a version is as it was expected."""
        return (self.among is None or version in self.among) and version not in self.other_than
