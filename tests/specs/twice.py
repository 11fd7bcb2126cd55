"""The idempotency pass behind the views: what follows from events is the same when each of them comes twice."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

from shared.kernel.domain import Domain
from shared.kernel.messages.commit import Commit
from shared.kernel.messages.envelope import encode_all
from tests.specs.seen import Seen
from tests.specs.whole_flow import World


async def delivered_twice(domain: Domain, commits: Sequence[Commit]) -> list[str]:
    """Say what reactions, notifications and feeds come to otherwise when every event comes to them twice."""
    once, twice = await _followed(domain, commits, 1), await _followed(domain, commits, 2)
    if once == replace(twice, logged=once.logged):
        return []
    return [f"delivered once, it comes to {once}", f"delivered twice, to {twice}"]


async def _followed(domain: Domain, commits: Sequence[Commit], times: int) -> Seen:
    world = World(domain, None)
    for commit in commits:
        await world.store.append([commit])
    for body in chain.from_iterable(map(encode_all, commits)):
        for _ in range(times):
            await world.reactions.react([body])
            await world.notifications.notify([body])
            await world.feeds.feed([body])
    return world.seen()
