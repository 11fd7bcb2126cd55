"""Retry: what may go well later is tried again, a few times."""

from collections.abc import Awaitable, Callable

from shared.kernel.errors import OnewriteError

ATTEMPTS = 5


async def retrying[T, **P](
    pause: Callable[[int], Awaitable[None]],
    work: Callable[P, Awaitable[T]],
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """Do a piece of work that may be done twice; raises what is not transient, and what the last try raised."""
    attempt = 0
    while True:
        attempt += 1
        try:
            return await work(*args, **kwargs)
        except OnewriteError as error:
            if not error.transient or attempt == ATTEMPTS:
                raise
        await pause(attempt)
