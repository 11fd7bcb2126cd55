"""What failed, as it is logged: on a developer's machine with its message, and with what met it.

In a cloud the log has the kind of the error and the stack alone: what it says may be about people.
"""

import json
import logging
import traceback

from shared.adapters import settings

_LOGGER = logging.getLogger("onewrite.failures")


def tell(what: str, error: BaseException, met: object = None) -> None:
    """Log what could not be done, and why; `met` is what met the error, as JSON."""
    if settings.deployed():
        cause = error.__cause__ or error
        stack = "".join(traceback.format_tb(cause.__traceback__))
        _LOGGER.error("%s: %s\n%s", what, type(cause).__name__, stack)
        return
    shown = "" if met is None else f", which is {json.dumps(met, default=str)}"
    _LOGGER.error("%s%s", what, shown, exc_info=error)
