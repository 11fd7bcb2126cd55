"""Side by side: the failure of one piece of work cuts short no other."""

import asyncio
from collections.abc import Awaitable, Iterable

from shared.kernel.errors import leaves


async def side_by_side[T](works: Iterable[Awaitable[T]]) -> tuple[list[T], list[BaseException]]:
    """Returns what pieces of work came to, in their order, and all that any of them raised."""
    results = await asyncio.gather(*works, return_exceptions=True)
    done = [result for result in results if not isinstance(result, BaseException)]
    failed = [result for result in results if isinstance(result, BaseException)]
    return done, [error for one in failed for error in leaves(one)]
