"""The faults of a chaos run: all of them, each by its own dice and once for certain."""

from typing import Any

from tests.chaos.cloud import READ_WITHIN, SENT_WITHIN
from tests.sizes import size

CUT = size(3, 20)
"""So often each kind of request finds a range changed in each way."""

COSMOS = {
    **dict.fromkeys(("throttle", "503", "410", "449", "408"), 0.01),
    **dict.fromkeys(("drop-before", "drop-after", "reset-before", "reset-after"), 0.01),
    **dict.fromkeys(("delay", "delay-before"), 0.004),
    "duplicate": 0.005,
}
# Each of these fails a batch of a consumer: only the retry policy brings it again.
ROWS = {"503": 0.06, "drop-before": 0.06}
# Lost answers to writes: each leaves the question whose write it was.
WRITES = {"drop-after": 0.04, "reset-after": 0.03}
SEND = {
    **dict.fromkeys(("reject", "internal-error", "detach", "drop-before"), 0.03),
    "drop-after": 0.05,
    "duplicate": 0.03,
    "delay": 0.02,
    "idle-drop": 0.02,
}
PUBLISH = {
    **dict.fromkeys(("429", "503", "drop-before"), 0.05),
    **dict.fromkeys(("drop-after", "duplicate"), 0.1),
}
RECEIVE = {"steal": 0.02, "duplicate": 0.02, "idle-drop": 0.01}
# Longer than anybody waits for an answer.
SECONDS = {
    "throttle": 0.02,
    "delay": 1.25 * SENT_WITHIN,
    "delay-before": 1.5 * READ_WITHIN,
    "idle-drop": 0.1,
}

# A range splits, or merges with its neighbour, under who reads it and under who writes into it.
CUTS = {"split": (41, 97), "merge": (67, 151)}
# Where the places of the consumers, or the leases of the publisher, are kept is away for a while.
AWAY = {"progress": range(60, 90), "leases": range(80, 110)}

EVERY_FAULT = frozenset(
    {f"cosmos/{fault}" for fault in (*COSMOS, *CUTS)}
    | {f"cosmos/{container} away" for container in AWAY}
    | {f"event-hubs/{fault}" for fault in (*SEND, *RECEIVE)}
    | {f"event-grid/{fault}" for fault in PUBLISH}
)


def storm() -> list[dict[str, Any]]:
    """Give the rules; the seed and the number of a request decide what happens to it."""
    return [
        *cuts(),
        *(away(container) for container in AWAY),
        *_rules("cosmos", None, "views", ROWS),
        *_rules("cosmos", None, "events", WRITES),
        *_rules("cosmos", None, None, COSMOS),
        *_rules("event-grid", "publish", "notifications", PUBLISH, first=2, apart=1),
        *_rules("event-hubs", "send", "events", SEND),
        *_rules("event-hubs", "receive", "events", RECEIVE),
        *_rules("event-hubs", "send", "commands", SEND),
        *_rules("event-hubs", "receive", "commands", RECEIVE),
    ]


def squalls() -> list[dict[str, Any]]:
    """Give the rules of a storm in which no partition is stolen from who is at work: one handler, one order."""
    calm = {fault: chance for fault, chance in RECEIVE.items() if fault != "steal"}
    return [
        *_rules("cosmos", None, "events", WRITES),
        *_rules("cosmos", None, "outcomes", ROWS),
        *_rules("cosmos", None, None, COSMOS),
        *_rules("event-hubs", "send", "commands", SEND),
        *_rules("event-hubs", "receive", "commands", calm),
    ]


def cuts() -> list[dict[str, Any]]:
    """Give the rules by which the ranges of the container `events` change."""
    return [
        {**_rule("cosmos", operation, "events", fault, 0.0, []), "every": every, "times": CUT}
        for fault, often in CUTS.items()
        for operation, every in zip(("create", "change-feed"), often, strict=True)
    ]


def away(container: str) -> dict[str, Any]:
    """Let a container answer nobody for so many requests, one after the other."""
    rule = _rule("cosmos", None, container, "503", 0.0, list(AWAY[container]))
    return {**rule, "name": f"{container} away"}


def loss() -> dict[str, Any]:
    """Let the log lose all that it is sent, and acknowledge it."""
    return _rule("event-hubs", "send", "events", "lose", 1.0, [])


def _rules(
    service: str,
    operation: str | None,
    container: str | None,
    faults: dict[str, float],
    *,
    first: int = 15,
    apart: int = 7,
) -> list[dict[str, Any]]:
    return [
        _rule(service, operation, container, fault, probability, [first + apart * number])
        for number, (fault, probability) in enumerate(faults.items())
    ]


def _rule(  # noqa: PLR0917 - the fields of a rule
    service: str,
    operation: str | None,
    container: str | None,
    fault: str,
    probability: float,
    at: list[int],
) -> dict[str, Any]:
    seconds = SECONDS.get(fault, 0.0)
    rule = {"service": service, "fault": fault, "probability": probability, "at": at}
    return {**rule, "operation": operation, "container": container, "seconds": seconds}
