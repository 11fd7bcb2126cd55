"""Time that passes in a flow: from each moment at which a deadline is due to the next."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from consumers.deadlines import Deadlines
from shared.adapters.memory import MemoryProgress
from shared.kernel.messages.commit import Commit
from shared.kernel.reactions.deadline import Deadline
from shared.kernel.views.view import Row
from tests.specs.whole_flow import World

AT_LAST = datetime.max.replace(tzinfo=UTC)


async def pass_time(world: World) -> None:
    """Let every deadline pass that something waits for now, and let follow what follows from it."""
    waited = _due(world)
    end = max(waited, default=world.time)
    while waited:
        world.time = max(min(waited), world.time)
        while await _send_what_is_due(world):
            await world.settle()
        waited = [moment for moment in _due(world) if world.time < moment <= end]


async def _send_what_is_due(world: World) -> int:
    """Look as the timer does, and count what took effect."""
    return await Deadlines(
        *(world.domain.deadlines, world.rows, world.store, world.dispatcher, world.parking),
        MemoryProgress(),
        lambda: world.time,
    ).run()


def _due(world: World) -> list[datetime]:
    """Give the moments at which commands are due, as long as nothing changes."""
    return [
        moment
        for deadline in world.domain.deadlines
        for row in world.rows.all()
        if row.at.view == deadline.view.name
        for moment in _of_row(deadline, row, _commits(world, row.at.stream))
    ]


def _of_row(deadline: Deadline, row: Row, tail: Sequence[Commit]) -> Iterator[datetime]:
    if deadline.request(row, tail, AT_LAST) is None:
        return
    for begun in _begun(deadline, row, tail):
        for number in range(deadline.times):
            moment = begun + number * (deadline.every or timedelta())
            if deadline.request(row, tail, moment) is not None:
                yield moment


def _begun(deadline: Deadline, row: Row, tail: Sequence[Commit]) -> Iterator[datetime]:
    """Give the moments from which on it may be due: of any of its commits, or what its row names."""
    if not deadline.at:
        yield from (datetime.fromisoformat(commit.time) + deadline.after for commit in tail)
    elif named := row.data.get(deadline.at):
        moment = datetime.fromisoformat(named)
        yield (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - deadline.before


def _commits(world: World, stream: str) -> Sequence[Commit]:
    return [commit for commit in world.store.written if commit.stream == stream]
