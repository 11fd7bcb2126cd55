"""What a document of a feed says of itself."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class About:
    """`name` is that of the logical feed that a document is a part of, whatever its URL."""

    name: str
    title: str
    author: str
    archived: bool = False
