"""What went wrong with a message: where, and of what kind, and nothing of what stands in it.

Logs, markers and problems are kept and read by people who must not see what others have written.
"""

import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

MOST = 20
"""So many faults of one message are told."""
_LONGEST = 60
_ROOT, _BUSINESS = Path(__file__).parents[2], "shared/domain/"
# The words of these are those of a validator in the business, or hold what stood there.
_REPEATING = frozenset({"value_error", "assertion_error", "union_tag_invalid"})
# The words of these are ours, or stand in the declared type.
_PLAIN = frozenset(
    {
        *("json_form", "missing", "string_pattern_mismatch", "literal_error", "enum"),
        *(
            "string_type",
            "int_type",
            "float_type",
            "bool_type",
            "string_too_short",
            "string_too_long",
        ),
        *("greater_than", "greater_than_equal", "less_than", "less_than_equal"),
    }
)


def told(error: BaseException, ours: type[BaseException] | None = None) -> str:
    """Say where an error comes from: a place in the message, or else in the code. `ours` speak for themselves."""
    if ours is not None and isinstance(error, ours):
        return str(error)
    if isinstance(error, ValidationError):
        found = _found(error.errors(include_url=False, include_context=False, include_input=False))
        faults_told = "; ".join(f"{_known_place(one)} {_kind(one)}" for one in found[:MOST])
        # What the business makes itself is wrong there, and in no message that anybody has sent.
        return ", ".join([faults_told, *_of_business(_own_lines(error))[-1:]])
    own = _own_lines(error)
    return (_of_business(own) or own or ["no place"])[-1]


def _own_lines(error: BaseException) -> list[str]:
    """Name the lines of our code that led to an error, the innermost last: nobody mends those of a library."""
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{path}, line {one.lineno}" for one in frames if (path := _own(one.filename))]


def _of_business(lines: Sequence[str]) -> list[str]:
    return [line for line in lines if line.startswith(_BUSINESS)]


def _own(filename: str) -> str:
    """Return the path of a module below our root, an empty text for one of a library."""
    path = Path(filename)
    library = "site-packages" in path.parts or not path.is_relative_to(_ROOT)
    return "" if library else path.relative_to(_ROOT).as_posix()


def faults(error: ValidationError) -> list[tuple[str, str]]:
    """Returns the places (RFC 6901) and what is wrong there, for who sent it and knows what it holds."""
    found = _found(error.errors(include_url=False, include_input=False))
    return [(_pointer(one["loc"]), _sentence(one)) for one in found[:MOST]]


def _found(details: Sequence[ErrorDetails]) -> list[ErrorDetails]:
    """Leave out that a list is too short where a member of it is wrong: only those that are right were counted."""
    around = {one["loc"][:length] for one in details for length in range(len(one["loc"]))}
    return [one for one in details if one["type"] != "too_short" or one["loc"] not in around]


def _known_place(detail: Mapping[str, Any]) -> str:
    # The name of a member that nobody knows is its sender's.
    steps = detail["loc"][:-1] if detail["type"] == "extra_forbidden" else detail["loc"]
    return _pointer(steps) or "/"


def _kind(detail: ErrorDetails) -> str:
    sentence = f": {detail['msg']}" if detail["type"] in _PLAIN else ""
    return f"{detail['type']}{sentence}"


def _pointer(steps: Sequence[int | str]) -> str:
    named = (str(step)[:_LONGEST].replace("~", "~0").replace("/", "~1") for step in steps)
    return "".join(f"/{name}" for name in named)


def _sentence(detail: Mapping[str, Any]) -> str:
    """Give pydantic's sentence, unless it may repeat what it is about."""
    if detail["type"] in _REPEATING:
        return f"It is not valid ({detail['type']})."
    return f"{detail['msg']}."
