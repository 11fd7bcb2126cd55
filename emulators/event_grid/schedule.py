"""When the next attempt is, and what an answer means for it; pure.

Source: "Event Grid message delivery and retry", sections Retry schedule, Failure codes, Dead-letter events.
"""

import random
from dataclasses import dataclass

MINUTE, HOUR = 60, 3600
WAITS = (10, 30, MINUTE, 5 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR)
LAST_WAIT = 12 * HOUR
SHORTEST = {503: 30, 408: 2 * MINUTE}  # for webhooks; 404 and 401 wait only before Azure resources
JITTER = 0.1  # guessed

DELIVERED = frozenset({200, 201, 202, 203, 204})
HOPELESS = {
    400: "UndeliverableDueToHttpBadRequest",
    401: "UndeliverableDueToHttpUnauthorized",
    403: "UndeliverableDueToHttpForbidden",
    413: "UndeliverableDueToHttpRequestEntityTooLarge",
}
OUTCOMES = {
    400: "BadRequest",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    408: "TimedOut",
    413: "PayloadTooLarge",
    429: "Busy",
    503: "Busy",
}
EXHAUSTED = "MaxDeliveryAttemptsExceeded"
EXPIRED = "TimeToLiveExceeded"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt ended: in the words of `lastDeliveryOutcome`, and the status if one came."""

    name: str
    status: int | None = None

    @property
    def is_delivered(self) -> bool:
        """Whether the webhook took it; nothing but 200 to 204 says so."""
        return self.status in DELIVERED


def outcome_of(status: int) -> Outcome:
    """Name what a status of a webhook means."""
    return Outcome(
        "Delivered" if status in DELIVERED else OUTCOMES.get(status, "GenericError"), status
    )


def end_of(outcome: Outcome, attempts: int, most: int) -> str | None:
    """Give the reason why a failed attempt was the last; None when there is another."""
    if outcome.status in HOPELESS:
        return HOPELESS[outcome.status]
    return EXHAUSTED if attempts >= most else None


def wait_after(outcome: Outcome, attempts: int, dice: random.Random) -> float:
    """Seconds to wait after so many attempts, by the clock of the service."""
    scheduled = WAITS[attempts - 1] if attempts <= len(WAITS) else LAST_WAIT
    shortest = SHORTEST.get(outcome.status or 0, 0)
    return max(scheduled, shortest) * (1 + JITTER * dice.random())
