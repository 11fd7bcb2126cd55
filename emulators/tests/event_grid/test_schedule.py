"""The retry schedule as the service documents it."""

import random

import pytest

from emulators.event_grid.schedule import Outcome, end_of, outcome_of, wait_after

DOCUMENTED = [10, 30, 60, 300, 600, 1800, 3600, 10800, 21600, 43200, 43200]
JITTER = 1.1


def waits(status: int) -> list[float]:
    dice = random.Random(1)
    return [wait_after(outcome_of(status), n + 1, dice) for n in range(len(DOCUMENTED))]


@pytest.mark.parametrize("status", [404, 429, 500])
def test_waits_are_as_documented_and_a_little_random(status: int) -> None:
    for wait, documented in zip(waits(status), DOCUMENTED, strict=True):
        assert documented < wait < documented * JITTER


@pytest.mark.parametrize(("status", "shortest"), [(503, 30), (408, 120)])
def test_some_statuses_wait_longer_at_least(status: int, shortest: int) -> None:
    for wait, documented in zip(waits(status), DOCUMENTED, strict=True):
        longest = max(documented, shortest)
        assert longest < wait < longest * JITTER


def test_what_got_no_answer_waits_as_any_other_failure() -> None:
    assert 10 < wait_after(Outcome("SocketError"), 1, random.Random(1)) < 11


def test_six_attempts_fit_into_half_an_hour() -> None:
    assert sum(waits(500)[:5]) < 1800 < sum(waits(500)[:6])


@pytest.mark.parametrize(("attempts", "reason"), [(29, None), (30, "MaxDeliveryAttemptsExceeded")])
def test_attempts_end_at_the_most_that_were_asked_for(attempts: int, reason: str | None) -> None:
    assert end_of(outcome_of(500), attempts, 30) == reason


@pytest.mark.parametrize(
    ("status", "name"),
    [(408, "TimedOut"), (429, "Busy"), (503, "Busy"), (404, "NotFound"), (418, "GenericError")],
)
def test_statuses_have_the_names_of_last_delivery_outcome(status: int, name: str) -> None:
    assert outcome_of(status) == Outcome(name, status)
