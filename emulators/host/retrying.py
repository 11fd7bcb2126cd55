"""How long the host waits before it calls a function again."""

import random
from typing import Final

from emulators.host.protos import RpcRetryOptions

MOST: Final = 30
"""Doublings beyond this many would only overflow: the maximum cuts them off."""


def delay(policy: RpcRetryOptions, count: int) -> float:
    """Return the seconds behind the attempt with a number, from 0."""
    if policy.retry_strategy == "fixed_delay":
        return policy.delay_interval.total_seconds()
    low, high = policy.minimum_interval.total_seconds(), policy.maximum_interval.total_seconds()
    if count == 0:
        return min(low, high)
    grown = low * 2.0 ** (min(count, MOST) - 1) * random.uniform(0.8, 1.2)  # noqa: S311 - jitter
    return min(low + grown, high)
