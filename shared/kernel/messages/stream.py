"""Names of streams: a category, a dash, an id."""

import re
from dataclasses import dataclass, field
from typing import Self

from shared.kernel.errors import InvalidMessage

ID_RULE = "1 to 100 characters of A-Z a-z 0-9 . _ -, the first a letter or a digit"
ID = r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}"
CATEGORY = r"[a-z][a-z0-9]{0,49}"
_ID, _CATEGORY = re.compile(ID), re.compile(CATEGORY)


@dataclass(frozen=True, slots=True)
class StreamName:
    """The events of one thing: its category, a dash, its id.

    An id has 1 to 100 of the characters `A-Z a-z 0-9 . _ -`, the first a letter or a digit, so it may be made of
    several ids with dashes between them. Raises InvalidMessage for any other.
    """

    category: str
    id: str
    text: str = field(init=False, repr=False, compare=False)
    """As it is stored, and as what is kept for a stream is looked up: the hash of a text is made once."""

    def __post_init__(self) -> None:
        if _CATEGORY.fullmatch(self.category) is None or _ID.fullmatch(self.id) is None:
            raise InvalidMessage(f"'{self.category}-{self.id}' is not the name of a stream")
        object.__setattr__(self, "text", f"{self.category}-{self.id}")

    def __str__(self) -> str:
        return self.text

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `category-id`; raises InvalidMessage."""
        category, _, id_ = text.partition("-")
        return cls(category, id_)
