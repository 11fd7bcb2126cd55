"""Values: dataclasses that nobody changes, cheap enough for every command to make several of.

mypy knows them as frozen, and refuses whoever assigns to a field. Python does not guard them: to make a dataclass
that it guards takes four times as long. `copy.replace` gives the next value of one.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

__all__ = ["value"]

if TYPE_CHECKING:
    from dataclasses import dataclass as value
else:

    def value(*, frozen: bool) -> Any:  # noqa: ANN401 - a decorator of classes
        """Make a class one of values, which compare and hash as frozen dataclasses do."""

        def make(plain: type) -> type:
            made = dataclass(unsafe_hash=frozen)(plain)
            made.__replace__ = _replace
            return made

        return make


def _replace(before: Any, /, **changes: Any) -> Any:  # noqa: ANN401 - any value
    """Make the next value: all fields go to `__init__`, so none needs to be looked at."""
    return type(before)(**{**vars(before), **changes})
