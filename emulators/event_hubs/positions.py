"""Places in a partition: offsets, and the selector that says where a reader starts."""

import re
from dataclasses import dataclass
from typing import Literal

from emulators.event_hubs.refusals import ARGUMENT_ERROR, NOT_IMPLEMENTED, RefusedError

type Annotation = Literal["offset", "sequence-number", "enqueued-time"]

LATEST = "@latest"
_SELECTOR = re.compile(
    r"amqp\.annotation\.x-opt-(offset|sequence-number|enqueued-time)"
    r" (>=?) (?P<quote>'?)(?P<value>@latest|-?\d+)(?P=quote)"
)
# Offsets look like nothing else, so that whoever takes one for a sequence number finds out.
_ORIGIN = 4_294_967_296  # guessed
_STRIDE = 112  # guessed


def offset_of(sequence: int) -> str:
    """Give the offset of the event with a sequence number; "-1" stands before the first."""
    return "-1" if sequence < 0 else str(_ORIGIN + _STRIDE * sequence)


def sequence_from(offset: int, *, inclusive: bool) -> int:
    """Give the sequence number of the first event behind (or at) an offset."""
    distance = offset - _ORIGIN
    first = -(-distance // _STRIDE) if inclusive else distance // _STRIDE + 1
    return max(first, 0)


@dataclass(frozen=True, slots=True)
class Start:
    """Where a reader starts: at the first event whose annotation is greater (or equal)."""

    annotation: Annotation
    value: int | Literal["@latest"]
    inclusive: bool = False


EARLIEST = Start("offset", -1)


def read_selector(selector: str) -> Start:
    """Read a selector; raises RefusedError for one that Event Hubs' clients do not write."""
    found = _SELECTOR.fullmatch(selector)
    if found is None or (found["value"] == LATEST and found[1] != "offset"):
        raise RefusedError(NOT_IMPLEMENTED, f"The selector {selector!r} is not supported.")
    annotation: Annotation = "offset"
    if found[1] != "offset":
        annotation = "sequence-number" if found[1] == "sequence-number" else "enqueued-time"
    value: int | Literal["@latest"] = "@latest" if found["value"] == LATEST else int(found["value"])
    return Start(annotation, value, found[2] == ">=")


def check_start(start: Start, last: int) -> None:
    """Raises RefusedError for a start behind the last event of a partition."""
    if start.value == LATEST or start.annotation == "enqueued-time":
        return
    named = start.annotation.replace("-", " ")
    end = offset_of(last) if start.annotation == "offset" else str(last)
    if int(start.value) > int(end):
        raise RefusedError(
            ARGUMENT_ERROR,
            f"The supplied {named} '{start.value}' is invalid."
            f" The last {named} in the system is '{end}'",
        )
