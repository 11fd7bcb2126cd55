"""How long to wait before trying again."""

import asyncio
import random

from shared.adapters import telemetry
from shared.adapters.otel.metric_names import RETRIES


async def back_off(attempt: int, service: str) -> None:
    """Wait before the next attempt, and count it."""
    telemetry.count(RETRIES, service=service)
    await asyncio.sleep(backoff(attempt))


def backoff(attempt: int) -> float:
    """Give the seconds to wait before the next attempt: full jitter, from 20 ms on, never above 1 s.

    By hand, because a retry library in the hot path took 0.1 ms of CPU a write.
    """
    return random.uniform(0, min(1.0, 0.02 * 2**attempt))  # noqa: S311 - no secret
