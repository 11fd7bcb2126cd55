"""Which requests to Cosmos DB are sent again: throttled ones by the SDK, unanswered ones by the event store.

How long the event store waits between two attempts is in shared/adapters/backoff.py.
"""

from typing import TypedDict


class _OfThrottled(TypedDict):
    retry_throttle_total: int
    retry_throttle_backoff_max: int


OF_THROTTLED = _OfThrottled(retry_throttle_total=9, retry_throttle_backoff_max=30)
"""A throttled request has done nothing: the SDK itself sends it again, when the store says so.

Times, and seconds in all. The values are its own defaults, written here so that a new version of it changes none.
"""
ATTEMPTS = 8
"""How often the event store sends a request that gets no answer."""
