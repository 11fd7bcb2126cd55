"""What others tell, through the webhook's own code and all that follows it, on memory twins."""

from collections.abc import Callable, Sequence
from typing import Any

from consumers.webhooks.inbound_commands import Webhooks
from shared.adapters.memory import MemoryReceipts
from shared.adapters.names import WEBHOOKS
from shared.kernel.commands.outcome import Forbidden, Outcome, Refused
from shared.kernel.domain import Domain
from shared.kernel.messages.message import Event
from shared.kernel.messages.stream import StreamName
from tests.active import domain, domain_of
from tests.consumers.worlds import now
from tests.kernel.asking import asked, no_pause
from tests.specs.seen import different, events, refused
from tests.specs.spec import Heard
from tests.specs.whole_flow import World


async def by_webhook(
    spec: Heard, history: Callable[[StreamName, Sequence[Event]], Any]
) -> list[str]:
    """Let an event of others come three times, and a command after it; say what came of it otherwise."""
    business = _domain_of(spec)
    world = World(business, None)
    for stream, given in spec.given.items():
        for commit in history(StreamName.parse(stream), given):
            await world.store.append([commit])
    before = events(business, world.store)
    webhooks = Webhooks(
        *(business, world.dispatcher, world.parking, MemoryReceipts(), now, no_pause)
    )
    await webhooks.handle([spec.heard, spec.heard])
    outcome: Outcome | None = None
    if spec.later:
        stream, command = spec.later
        outcome = await world.send(asked(command, "later", StreamName.parse(stream), spec.by))
        await world.settle()
    await webhooks.handle([spec.heard])
    found = different(spec.then, before, _of(events(business, world.store), spec))
    errors = [marker.error for marker in await world.parking.parked(WEBHOOKS)]
    if [bool(spec.parked)] != [bool(errors)] or not all(spec.parked in one for one in errors):
        found.append(f"`parked`: expected {spec.parked or 'nothing'!r}, got {errors}")
    if found and isinstance(outcome, Refused | Forbidden):
        found.append(refused("later", outcome))
    return found


def _domain_of(spec: Heard) -> Domain:
    """Find whose spec it is: that of a message of it, or that which runs when nothing comes of it."""
    messages = [one for many in (*spec.given.values(), *spec.then.values()) for one in many]
    types = [one if isinstance(one, type) else type(one) for one in messages]
    return domain_of(types[0]) if types else domain


def _of(after: dict[str, list[Event]], spec: Heard) -> dict[str, list[Event]]:
    # What items make of it is told by the flows.
    return {
        stream: found for stream, found in after.items() if stream in spec.then or not spec.then
    }
