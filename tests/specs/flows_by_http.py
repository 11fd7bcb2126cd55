"""Flows over HTTP, each on streams of its own and without its fault: no request can make the cloud fail."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

import aiohttp

from shared.domain import domain
from shared.kernel.decider import Refusal
from shared.kernel.message import Event, Message
from shared.kernel.stream import StreamName
from tests.specs.by_http import Client, Held, NotToldOverHttp, Seed, key_shown
from tests.specs.spec import Flow, Spec
from tests.specs.whole_flow import different, unlike

PATIENCE = 60.0
LAG = "/api/operations/lag"

type Events = dict[str, list[Event]]


@dataclass
class Happening:
    """A flow on its way: what was there before its command, and what was found."""

    flow: Flow
    client: Client
    patience: float
    held: Held | None = None
    before: Events | None = None

    async def begin(self) -> None:
        """Let the given events be there."""
        try:
            for stream, given in self.flow.given.items():
                await self.client.begin(StreamName.parse(stream), given)
        except NotToldOverHttp as reason:
            self.held = Held(left_out=str(reason))

    async def happen(self) -> None:
        """Send the command, twice under one key, and wait until everything is as the flow says."""
        self.before = await self._events()
        stream, command = self.flow.when
        key = str(uuid4())
        first, again = [
            await self.client.ask(StreamName.parse(stream), command, key) for _ in range(2)
        ]
        if isinstance(first, Refusal) or again != first:
            self.held = Held([f"the command came to {first}, sent again to {again}"])
            return

        async def as_told() -> bool:
            return not await self.found()

        await until(as_told, self.patience)

    async def found(self) -> list[str]:
        """Say what is otherwise than the flow says, in every stream that it could touch and in the views."""
        shown = {at: await self._rows(*at) for at in self.flow.shown}
        found = different(self.flow.then, self.before or {}, await self._events())
        return found + unlike(self.flow.shown, shown)

    async def _events(self) -> Events:
        names = [
            f"{category.name}-{id_}" for category in domain.categories for id_ in ids(self.flow)
        ]
        return {name: events for name in names if (events := await self._stream(name))}

    async def _stream(self, name: str) -> list[Event]:
        told = await self._get(f"/api/streams/{name}", "commits")
        category = domain.category(StreamName.parse(name).category)
        return [
            category.decode(e["type"], e["schema"], e["data"])
            for commit in told
            for e in commit["events"]
        ]

    async def _rows(self, view: str, key: str) -> list[dict[str, Any]]:
        return [row["data"] for row in await self._get(f"/api/views/{view}/{key}", "rows")]

    async def _get(self, path: str, what: str) -> list[dict[str, Any]]:
        async with self.client.http.get(f"{self.client.url}{path}") as response:
            told: dict[str, Any] = await response.json()
        assert response.status in {200, 404}, told
        found: list[dict[str, Any]] = told.get(what, [])
        return found


async def flows_over_http(
    flows: Sequence[Flow],
    specs: Sequence[Spec],
    url: str,
    seed: Seed | None = None,
    patience: float = PATIENCE,
) -> dict[str, Held]:
    """Let all flows happen at a base URL, side by side; gives what came of each, by title."""
    plain = {flow.title: replace(flow, fault=None, title="") for flow in flows}
    async with aiohttp.ClientSession(headers=key_shown()) as http:
        client = Client(http, url, specs, seed)
        happening: dict[str, Happening] = {}
        same_as: dict[str, str] = {}
        for title, flow in plain.items():
            same = next((one for one in happening if plain[one] == flow), None)
            if same is None:
                happening[title] = Happening(renamed(flow), client, patience)
            else:
                same_as[title] = same
        await _hold(list(happening.values()), client, patience)
    held = {title: one.held or Held() for title, one in happening.items()}
    return {flow.title: _told(flow, held, same_as.get(flow.title)) for flow in flows}


async def _hold(all_: Sequence[Happening], client: Client, patience: float) -> None:
    try:
        await asyncio.gather(*(one.begin() for one in all_))
        await settled(client, patience)
        await asyncio.gather(*(one.happen() for one in all_ if one.held is None))
        # Whatever else may come of it has come by then.
        await settled(client, patience)
    except NotToldOverHttp as reason:
        for one in all_:
            one.held = one.held or Held(left_out=str(reason))
    except TimeoutError as late:
        # Where something waits for ever, no flow ends as it should.
        for one in all_:
            one.held = one.held or Held([str(late)])
    for one in all_:
        one.held = one.held or Held(await one.found())


def _told(flow: Flow, held: dict[str, Held], same_as: str | None) -> Held:
    if same_as is not None:
        return Held(left_out=f"{flow.fault}; without it, this is: {same_as}")
    one = held[flow.title]
    left_out = "; ".join(part for part in (flow.fault, one.left_out) if part)
    return replace(one, left_out=left_out)


async def settled(client: Client, patience: float) -> None:
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

    if not await until(nothing_waits, patience):
        raise TimeoutError(f"after {patience:.0f} s, something still waits: see {LAG}")


async def until(true: Callable[[], Awaitable[bool]], patience: float) -> bool:
    """Ask until it is true, or the patience is at its end."""
    ends = asyncio.get_running_loop().time() + patience
    while not (found := await true()) and asyncio.get_running_loop().time() < ends:
        await asyncio.sleep(0.1)
    return found


def ids(flow: Flow) -> set[str]:
    """Name everything that a flow speaks of: the ids of its streams, the keys of its rows."""
    streams = {*flow.given, *flow.then, flow.when[0]}
    return {StreamName.parse(stream).id for stream in streams} | {key for _, key in flow.shown}


def renamed(flow: Flow) -> Flow:
    """Give a flow that speaks of streams and keys of its own."""
    own, tag = ids(flow), uuid4().hex[:8]

    def name(text: str) -> str:
        return "/".join(f"{part}-{tag}" if part in own else part for part in text.split("/"))

    def data(value: Any) -> Any:
        match value:
            case str():
                return name(value)
            case list():
                return [data(one) for one in value]
            case dict():
                return {key: data(one) for key, one in value.items()}
        return value

    def message[M: Message](one: M) -> M:
        return type(one).model_validate(data(one.model_dump(mode="json")))

    def stream(text: str) -> str:
        parsed = StreamName.parse(text)
        return str(replace(parsed, id=name(parsed.id)))

    return replace(
        flow,
        given={stream(at): [message(event) for event in flow.given[at]] for at in flow.given},
        when=(stream(flow.when[0]), message(flow.when[1])),
        then={
            stream(at): [one if isinstance(one, type) else message(one) for one in wanted]
            for at, wanted in flow.then.items()
        },
        shown={(view, name(key)): data(dict(row)) for (view, key), row in flow.shown.items()},
    )
