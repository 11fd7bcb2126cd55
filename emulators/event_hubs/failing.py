"""What the faults do here: a refusal or a dropped connection before the effect, something else after it."""

import asyncio

from emulators.event_hubs.refusals import (
    DETACH_FORCED,
    INTERNAL_ERROR,
    SERVER_BUSY,
    STOLEN,
    RefusedError,
)
from emulators.event_hubs.wire import Wire
from emulators.faults import Faults, Rule

SERVICE = "event-hubs"
# These take the link with them; the others refuse one message.
ENDS_LINK = frozenset({DETACH_FORCED, STOLEN})

_REFUSALS = {
    "reject": (SERVER_BUSY, "The server is busy. Please retry the operation."),
    "internal-error": (INTERNAL_ERROR, "The service was unable to process the request."),
    "detach": (DETACH_FORCED, "The link is force detached."),
    "steal": (STOLEN, "Another receiver took the place of this one."),
}


def fail_before(faults: Faults, operation: str, hub: str | None, wire: Wire) -> Rule | None:
    """Choose the fault of a request; raises RefusedError or ConnectionAbortedError when it is an early one."""
    rule = faults.choose(SERVICE, operation, hub)
    if rule is None:
        return None
    if rule.fault in _REFUSALS:
        raise RefusedError(*_REFUSALS[rule.fault])
    if rule.fault == "drop-before":
        _drop(wire)
    return rule


async def fail_after(rule: Rule | None, wire: Wire) -> None:
    """Do what a fault does between the effect and its answer."""
    if rule is None:
        return
    if rule.fault == "drop-after":
        _drop(wire)
    if rule.fault == "delay":
        await asyncio.sleep(rule.seconds)
    if rule.fault == "idle-drop":
        asyncio.get_running_loop().call_later(rule.seconds, wire.abort)


def is_duplicate(rule: Rule | None) -> bool:
    """Tell whether the effect is to happen twice."""
    return rule is not None and rule.fault == "duplicate"


def is_lost(rule: Rule | None) -> bool:
    """Tell whether what is acknowledged is lost all the same: the region failed over, or a client dropped it."""
    return rule is not None and rule.fault == "lose"


def _drop(wire: Wire) -> None:
    wire.abort()
    raise ConnectionAbortedError("dropped by a fault")
