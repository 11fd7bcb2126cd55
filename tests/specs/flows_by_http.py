"""Flows over HTTP, each on streams of its own and without its fault: no request can make the cloud fail."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Protocol

import aiohttp

from emulators.tests.machine import limit
from shared.kernel.commands.decider import Refusal
from shared.kernel.domain import Domain
from shared.kernel.messages.stream import StreamName
from tests.active import domain_of
from tests.specs.by_http import (
    AnsweredOtherwise,
    Client,
    Held,
    Seed,
    key_shown,
)
from tests.specs.causing import NotToldOverHttp, key_behind
from tests.specs.clock import NO_CLOCK, ends_by_the_clock
from tests.specs.reading import Reader, people
from tests.specs.renaming import ids, renamed
from tests.specs.seen import Events, Seen, different, passed_on, unlike
from tests.specs.spec import Flow, Spec

TIMEOUT = limit(60.0)
LAG = "/api/operations/lag"

UNSEEN = "what the log holds, and what others are told"
FEED_UNSEEN = "what a reader of a feed sees"
POLLED = "which feeds are polled is for its settings to say"


class Witness(Protocol):
    """Sees what no request shows: the log, and what others are told."""

    def logged(self) -> Events:
        """Give the events of the log by stream, each once."""
        ...

    def told(self) -> Events:
        """Give the public events of every stream, each once."""
        ...


@dataclass
class Happening:
    """A flow on its way: what was there before its command, and what was found."""

    flow: Flow
    client: Client
    within: float
    witness: Witness | None = None
    held: Held | None = None
    before: Seen = field(default_factory=Seen)

    @property
    def domain(self) -> Domain:
        """The business that the flow is of."""
        return domain_of(type(self.flow.when[1]))

    @property
    def reader(self) -> Reader:
        """Whoever may read what came of it."""
        return Reader(self.client, self.domain, people(self.flow, self.client))

    async def begin(self) -> None:
        """Let the given events be there."""
        try:
            for stream, given in self.flow.given.items():
                await self.client.begin(StreamName.parse(stream), given)
        except NotToldOverHttp as reason:
            self.held = Held(left_out=str(reason))
        except AnsweredOtherwise as otherwise:
            self.held = Held([str(otherwise)])

    async def happen(self) -> None:
        """Send the command, twice under one key, and wait until everything is as the flow says."""
        try:
            await self._happen()
        except NotToldOverHttp as reason:
            self.held = Held(left_out=str(reason))
        except AnsweredOtherwise as otherwise:
            self.held = Held([str(otherwise)])

    async def end(self) -> None:
        """Look at what came of it, unless that is known."""
        if self.held is None:
            try:
                self.held = Held(await self.found())
            except AnsweredOtherwise as otherwise:
                self.held = Held([str(otherwise)])

    async def _happen(self) -> None:
        self.before = await self._seen()
        stream, command = self.flow.when
        key = key_behind(list(chain(*self.flow.given.values())))
        first, again = [
            await self.client.ask(StreamName.parse(stream), command, key, self.flow.by)
            for _ in range(2)
        ]
        if isinstance(first, Refusal) or again != first:
            self.held = Held([f"the command came to {first}, sent again to {again}"])
            return

        async def as_told() -> bool:
            return not await self.found()

        await until(as_told, self.within)

    async def found(self) -> list[str]:
        """Say what is otherwise than the flow says, for every stream that it could touch and in the views."""
        shown = {at: await self.reader.rows(*at) for at in self.flow.shown}
        after = await self._seen()
        found = different(self.flow.then, self.before.written, after.written)
        if self.witness is not None:
            found += passed_on(self.flow, self.before, after)
        return found + unlike(self.flow.shown, shown)

    async def _seen(self) -> Seen:
        names = [
            f"{category.name}-{id_}"
            for category in self.domain.categories
            for id_ in ids(self.flow)
        ]
        written = {name: events for name in names if (events := await self.reader.stream(name))}
        if self.witness is None:
            return Seen(written)
        logged, told = self.witness.logged(), self.witness.told()
        return Seen(written, _of(names, logged), _of(names, told))


async def flows_over_http(
    flows: Sequence[Flow],
    specs: Sequence[Spec],
    url: str,
    seed: Seed | None = None,
    *,
    within: float = TIMEOUT,
    witness: Witness | None = None,
) -> dict[str, Held]:
    """Let all flows happen at a base URL, side by side; gives what came of each, by title.

    What the log holds and what others are told is held where there is a witness.
    """
    async with aiohttp.ClientSession(headers=key_shown()) as http:
        client = Client(http, url, specs, seed)
        happening = {
            flow.title: Happening(renamed(flow), client, within, witness)
            for flow in flows
            if not await _skipped(flow)
        }
        await _hold(list(happening.values()), client, within)
    held = {title: one.held or Held() for title, one in happening.items()}
    unseen = [UNSEEN] if witness is None else []
    return {flow.title: told_of(flow, held.get(flow.title), unseen) for flow in flows}


async def _skipped(flow: Flow) -> bool:
    timed = bool(flow.late) or flow.at is not None
    return bool(flow.polled) or timed or await ends_by_the_clock(flow)


async def _hold(all_: Sequence[Happening], client: Client, within: float) -> None:
    try:
        await asyncio.gather(*(one.begin() for one in all_))
        await settled(client, within)
        await asyncio.gather(*(one.happen() for one in all_ if one.held is None))
        # Whatever else may come of it has come by then.
        await settled(client, within)
    except NotToldOverHttp as reason:
        for one in all_:
            one.held = one.held or Held(left_out=str(reason))
    except TimeoutError as late:
        # Where something waits for ever, no flow ends as it should.
        for one in all_:
            one.held = one.held or Held([str(late)])
    for one in all_:
        await one.end()


def told_of(flow: Flow, one: Held | None, unseen: Sequence[str]) -> Held:
    """Say what came of a flow, or why it was left out, and what of it was not seen."""
    if one is None:
        return Held(left_out=POLLED if flow.polled else NO_CLOCK)
    unseen = [*unseen, *([FEED_UNSEEN] if flow.feed else [])]
    return one if one.left_out else replace(one, unseen=", ".join(unseen))


async def settled(client: Client, within: float) -> None:
    """Wait until nothing waits in any stage, twice in a row.

    Raises TimeoutError, and NotToldOverHttp where it cannot be seen.
    """
    quiet = 0

    async def nothing_waits() -> bool:
        nonlocal quiet
        async with client.http.get(f"{client.url}{LAG}") as response:
            if response.status != 200:
                raise NotToldOverHttp(f"GET {LAG} answers {response.status}")
            stages = (await response.json())["stages"]
        # Between two looks at different stages, an event may slip from one into the other.
        quiet = quiet + 1 if all(stage["events"] == 0 for stage in stages) else 0
        return quiet == 2

    if not await until(nothing_waits, within):
        raise TimeoutError(f"after {within:.0f} s, something still waits: see {LAG}")


async def until(true: Callable[[], Awaitable[bool]], within: float) -> bool:
    """Ask until it is true, or the time is up."""
    ends = asyncio.get_running_loop().time() + within
    while not (found := await true()) and asyncio.get_running_loop().time() < ends:
        await asyncio.sleep(0.1)
    return found


def _of(streams: Sequence[str], events: Events) -> Events:
    return {stream: events[stream] for stream in streams if stream in events}
