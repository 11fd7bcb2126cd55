"""Names of streams: a category, a dash, an id."""

import re
from dataclasses import dataclass
from typing import Self

from shared.kernel.errors import InvalidMessage

ID_RULE = "1 to 100 characters of A-Z a-z 0-9 . _ -, the first a letter or a digit"
ID = r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}"
CATEGORY = r"[a-z][a-z0-9]{0,49}"
_ID, _CATEGORY = re.compile(ID), re.compile(CATEGORY)


@dataclass(frozen=True, slots=True)
class StreamName:
    """The events of one thing: its category, a dash, its id."""

    category: str
    id: str

    def __post_init__(self) -> None:
        if _CATEGORY.fullmatch(self.category) is None or _ID.fullmatch(self.id) is None:
            raise InvalidMessage(f"'{self.category}-{self.id}' is not the name of a stream")

    def __hash__(self) -> int:
        # The id tells nearly all streams apart. A command looks its stream up five times.
        return hash(self.id)

    def __str__(self) -> str:
        return f"{self.category}-{self.id}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `category-id`; raises InvalidMessage."""
        category, _, id_ = text.partition("-")
        return cls(category, id_)
