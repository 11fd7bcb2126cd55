"""What failed, as it is logged: on a developer's machine with its message, and with what met it.

In a cloud the log has the kinds of the errors and the stack alone: what an error says may be about people. It is
logged as an exception, so that it is found among the exceptions of Azure Monitor.
"""

import json
import logging
import traceback

from shared.adapters import settings
from shared.kernel.errors import leaves

_LOGGER = logging.getLogger("onewrite.failures")


def tell(what: str, error: BaseException, met: object = None) -> None:
    """Log what could not be done, and why; `met` is what met the error, as JSON."""
    if settings.deployed():
        kinds = _kinds(error)
        first = _causes(error)[0]
        told = (type(first), Exception(kinds), first.__traceback__)
        _LOGGER.error("%s: %s", what, kinds, exc_info=told)
        return
    shown = "" if met is None else f", which is {json.dumps(met, default=str)}"
    _LOGGER.error("%s%s", what, shown, exc_info=error)


def warn(what: str, error: BaseException) -> None:
    """Log in one line what could not be done and may go well later, and why."""
    if not settings.deployed():
        _LOGGER.warning("%s: %s", what, error)
        return
    place = traceback.extract_tb(_causes(error)[0].__traceback__)[-1:]
    where = "".join(f" at {one.filename}:{one.lineno}" for one in place)
    _LOGGER.warning("%s: %s%s", what, _kinds(error), where)


def _causes(error: BaseException) -> list[BaseException]:
    return [one.__cause__ or one for one in leaves(error)]


def _kinds(error: BaseException) -> str:
    return ", ".join(dict.fromkeys(type(one).__name__ for one in _causes(error)))
