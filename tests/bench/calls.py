"""How many functions are called: a cost that is the same on every machine, whatever else it does."""

import sys
from types import FrameType
from typing import Any, Self

_CALLS = frozenset({"call", "c_call"})


class Calls:
    """Counts the calls of functions, Python's and C's, while it is entered."""

    def __init__(self) -> None:
        self.count = 0

    def __enter__(self) -> Self:
        sys.setprofile(self._count)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)

    def _count(self, _frame: FrameType, event: str, _argument: Any) -> None:
        self.count += event in _CALLS
