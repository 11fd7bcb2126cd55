"""What may go well later is tried again, a few times; what never goes well is not."""

import pytest

from shared.kernel.delivery.retry import ATTEMPTS, retrying
from shared.kernel.errors import BrokenStream, StoreUnavailable
from tests.kernel.asking import no_pause


class Work:
    """Fails so many times."""

    def __init__(self, error: Exception, failures: int) -> None:
        self._error = error
        self._failures = failures
        self.tries = 0

    async def __call__(self) -> int:
        self.tries += 1
        if self.tries <= self._failures:
            raise self._error
        return 7


async def test_what_fails_for_a_while_is_done_in_the_end() -> None:
    work = Work(StoreUnavailable("not now"), failures=ATTEMPTS - 1)

    assert await retrying(no_pause, work) == 7
    assert work.tries == ATTEMPTS


async def test_retries_have_an_end() -> None:
    work = Work(StoreUnavailable("not now"), failures=ATTEMPTS)

    with pytest.raises(StoreUnavailable):
        await retrying(no_pause, work)
    assert work.tries == ATTEMPTS


async def test_what_is_not_transient_is_tried_once() -> None:
    work = Work(BrokenStream("never"), failures=1)

    with pytest.raises(BrokenStream):
        await retrying(no_pause, work)
    assert work.tries == 1
