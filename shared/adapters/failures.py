"""What can never be handled, as it is logged: on a developer's machine with the message and the stack.

In a cloud the log has the stage and the ids alone: a message, and what an error says of it, may be about people.
"""

import json
import logging

from shared.adapters import settings
from shared.kernel.errors import Poison

_LOGGER = logging.getLogger("onewrite.failures")


def tell(stage: str, poison: Poison, error: BaseException, met: object = None) -> None:
    """Log that a stage cannot handle an event, and why; `met` is the event as JSON."""
    where = f"{poison.stream}@{poison.version}"
    if settings.deployed():
        _LOGGER.error(
            "%s cannot handle %s: %s", stage, where, type(error.__cause__ or error).__name__
        )
        return
    shown = "" if met is None else f", which is {json.dumps(met, default=str)}"
    _LOGGER.error("%s cannot handle %s%s", stage, where, shown, exc_info=error)
