"""What follows the hubs in this process, assembled once for each consumer."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from consumers import composition
from shared.adapters import wiring
from shared.adapters.names import (
    COMMANDS_HUB,
    EVENTS_HUB,
    FEEDS,
    MAILBOX,
    NOTIFICATIONS,
    PROJECTIONS,
    REACTIONS,
)
from shared.kernel.delivery.retry import Attempts
from shared.kernel.delivery.side_by_side import side_by_side

if TYPE_CHECKING:
    from consumers.delivery import Arrival
    from consumers.place_in_hub import Follower

_followers: "dict[str, Follower]" = {}


async def follower(consumer: str) -> "Follower":
    """Give what follows the hub of a consumer in this process, and remembers its places."""
    from consumers.place_in_hub import Follower
    from consumers.stored_events import event_in

    if consumer not in _followers:
        waits = consumer == MAILBOX
        hub, settings = (COMMANDS_HUB if waits else EVENTS_HUB), wiring.settings()
        # Of two that are made at once the first is kept: it is the one that remembers.
        made = Follower(
            consumer=consumer,
            handle=_HANDLERS[consumer],
            progress=await wiring.progress(),
            hub=wiring.mailbox_reader if waits else wiring.log_reader,
            parking=await wiring.parking(),
            partitions=settings.partitions(hub),
            now=wiring.now,
            pause=wiring.pause,
            read=_command_in if waits else event_in,
            clock=wiring.clock,
            moved_to=settings.moved_to(hub),
        )
        _followers.setdefault(consumer, made)
    return _followers[consumer]


async def catch_up() -> None:
    """Let every consumer handle what nobody brings it; raises a group of all that may go well later."""
    waited = timedelta(seconds=wiring.settings().sweep_age)
    followers = [await follower(consumer) for consumer in (*composition.FOLLOWING, MAILBOX)]
    _, errors = await side_by_side(one.catch_up(waited) for one in followers)
    if errors:
        raise BaseExceptionGroup("not every consumer has caught up", errors)


def _command_in(body: bytes) -> "Arrival[Any]":
    from consumers.mailbox import command_in

    return command_in(body)


async def _project(bodies: Sequence[bytes], attempts: Attempts) -> None:
    await (await composition.projections()).project(bodies, attempts)


async def _react(bodies: Sequence[bytes], attempts: Attempts) -> None:
    await (await composition.reactions()).react(bodies, attempts)


async def _notify(bodies: Sequence[bytes], attempts: Attempts) -> None:
    await (await composition.notifications()).notify(bodies, attempts)


async def _feed(bodies: Sequence[bytes], attempts: Attempts) -> None:
    await (await composition.feeds()).feed(bodies, attempts)


async def _decide(bodies: Sequence[bytes], attempts: Attempts) -> None:
    await (await composition.mailbox()).handle(bodies, attempts)


_HANDLERS = {
    PROJECTIONS: _project,
    REACTIONS: _react,
    NOTIFICATIONS: _notify,
    FEEDS: _feed,
    MAILBOX: _decide,
}
