"""How long the host waits between attempts: the formula of its exponential backoff, as it was measured."""

from datetime import timedelta
from typing import Any

import pytest

from emulators.host.protos import RpcRetryOptions
from emulators.host.retrying import delay


def policy(strategy: Any, **seconds: float) -> RpcRetryOptions:
    given: Any = {f"{name}_interval": timedelta(seconds=value) for name, value in seconds.items()}
    return RpcRetryOptions(retry_strategy=strategy, **given)


def test_a_fixed_delay_is_always_the_same() -> None:
    fixed = policy("fixed_delay", delay=3)

    assert [delay(fixed, count) for count in (0, 1, 40)] == [3, 3, 3]


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [(0, 1, 1), (1, 1.8, 2.2), (2, 2.6, 3.4), (3, 4.2, 5.8), (4, 7.4, 10.6), (5, 13.8, 20.2)],
)
def test_an_exponential_one_is_the_minimum_and_then_more_than_that(
    count: int, low: float, high: float
) -> None:
    growing = policy("exponential_backoff", minimum=1, maximum=60)
    seen = [delay(growing, count) for _ in range(200)]

    assert low <= min(seen) <= max(seen) <= high
    assert count == 0 or max(seen) - min(seen) > (high - low) / 2


def test_the_maximum_is_never_exceeded() -> None:
    growing = policy("exponential_backoff", minimum=1, maximum=60)

    assert delay(growing, 8) == delay(growing, 5_000) == 60
