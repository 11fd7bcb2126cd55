"""The way to hold a flow: it happens once with every fault, and ends the same."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from shared.kernel.commands.outcome import Forbidden, Refused
from shared.kernel.domain import Domain
from shared.kernel.messages.commit import Commit, timestamp
from shared.kernel.messages.message import Event
from shared.kernel.messages.stream import StreamName
from tests.active import domain_of
from tests.kernel.asking import asked, at_noon
from tests.specs.feeds import poll, read, read_otherwise, unheard
from tests.specs.passing_time import pass_time
from tests.specs.seen import (
    Seen,
    different,
    parked,
    passed_on,
    pulled_otherwise,
    refused,
    rows_shown,
    unlike,
)
from tests.specs.spec import BEFORE_REACTIONS, Flow
from tests.specs.whole_flow import FAULTS, TWICE, World

type History = Callable[[StreamName, Sequence[Event]], Sequence[Commit]]


async def whatever_fails(flow: Flow, history: History, domain: Domain | None = None) -> list[str]:
    """Let a flow happen once with every fault; say what came of it otherwise than it says."""
    return each_once(
        [
            (fault or "", said)
            for fault in FAULTS
            for said in await by_roles(flow, fault, history, domain)
        ]
    )


def each_once(found: Iterable[tuple[str, str]]) -> list[str]:
    """Say each difference once, with the faults that it needs; what differs without a fault needs none."""
    met: dict[str, list[str]] = {}
    for fault, said in found:
        met.setdefault(said, []).append(fault)
    return [
        said if "" in faults else f"though {', or though '.join(faults)}, {said}"
        for said, faults in met.items()
    ]


async def by_roles(
    flow: Flow, fault: str | None, history: History, domain: Domain | None = None
) -> list[str]:
    """Let a flow happen though something fails; say what came of it otherwise than it says."""
    stream, command = flow.when
    world = World(domain or domain_of(type(command)), fault, flow.at or at_noon())
    for given_stream, given in flow.given.items():
        for commit in history(StreamName.parse(given_stream), given):
            await world.store.append([replace(commit, time=timestamp(world.time))])
    # What was there before is known to everybody, and comes again.
    world.fault = TWICE
    await world.settle()
    before, read_before = world.seen(), await read(world)
    world.fault, world.deaf = fault, flow.late == BEFORE_REACTIONS
    outcome = await world.send(asked(command, "when", StreamName.parse(stream), flow.by))
    if isinstance(outcome, Refused | Forbidden):
        return [refused("when", outcome)]
    await world.settle()
    if flow.polled:
        await poll(world, flow.polled)
        await world.settle()
    if flow.late:
        await pass_time(world)
    if world.deaf:
        await world.hear()
    after = world.seen()
    found = [] if fault else [*twice_there(flow, before), *unheard(flow, world.domain)]
    found += different(flow.then, before.written, after.written)
    found += passed_on(flow, before, after)
    found += pulled_otherwise(flow, world.domain, before, after)
    found += read_otherwise(flow, read_before, await read(world))
    found += unlike(flow.shown, rows_shown(world.rows))
    return found + parked(world.parking)


def twice_there(flow: Flow, before: Seen) -> list[str]:
    """Say which given events are there twice, as given and as what the others cause."""
    return [
        f"`given` of {stream}: {event!r} is there twice, because other given events cause it: leave it out"
        for stream, given in flow.given.items()
        for event in before.written[stream][len(given) :]
        if event in given
    ]
