"""Specs over HTTP, against any base URL; what cannot be told there is left out, and said to be."""

import asyncio
import json
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import aiohttp
from yarl import URL

from infra.local.stack import LOCAL_ACTOR
from shared.kernel.commands.decider import Decision, Refusal
from shared.kernel.messages.commit import Commit, timestamp
from shared.kernel.messages.message import Command, Event, route_name, type_name
from shared.kernel.messages.stream import StreamName
from tests.active import domain_of
from tests.specs.apart import apart
from tests.specs.causing import NotToldOverHttp, cause, has_route, key_behind
from tests.specs.clock import NO_CLOCK, decided_by_the_clock
from tests.specs.spec import FORBIDDEN, Spec, compared
from tests.specs.ways import category_of, history

type Seed = Callable[[Sequence[Commit]], Awaitable[None]]
"""Puts given events into a store."""


class AnsweredOtherwise(Exception):
    """A request came to something that no spec speaks of."""


TRIES = 5
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True)
class Held:
    """What was found otherwise over HTTP, why a spec was left out there, or what of it was not seen."""

    found: Sequence[str] = ()
    left_out: str = ""
    unseen: str = ""


def key_shown() -> dict[str, str]:
    """Give the headers for a function set that asks for a key (SPEC_KEY)."""
    key = os.environ.get("SPEC_KEY")
    return {"x-functions-key": key} if key else {}


def differing(held: Mapping[str, Held]) -> dict[str, Sequence[str]]:
    """Give what was found otherwise, by title."""
    return {title: one.found for title, one in held.items() if one.found}


@dataclass
class Client:
    """Asks a function set; `seed` writes what no command can cause, where there is access."""

    http: aiohttp.ClientSession
    url: str
    specs: Sequence[Spec]
    seed: Seed | None = None

    async def begin(self, stream: StreamName, given: Sequence[Event]) -> None:
        """Let the given events be there; raises NotToldOverHttp, AnsweredOtherwise."""
        if self.seed is None:
            await self._come_about(stream, given)
            return
        # Of today, because deadlines look at when it was.
        now = timestamp(datetime.now(UTC))
        await self.seed([replace(commit, time=now) for commit in history(stream, given)])

    async def _come_about(self, stream: StreamName, given: Sequence[Event]) -> None:
        """Cause the given events; raises NotToldOverHttp, AnsweredOtherwise when others came of it."""
        come = 0
        while come < len(given):
            asked = cause(self.specs, given[come])
            caused = await self.ask(stream, asked.command, asked.key, asked.by)
            wanted = tuple(given[come : come + len(caused)]) if isinstance(caused, tuple) else ()
            if not wanted or caused != wanted:
                raise AnsweredOtherwise(
                    f"to have {given[come]!r}, {asked.command!r} was sent, and came to {caused}"
                )
            come += len(wanted)

    async def ask(
        self, stream: StreamName, command: Command, key: str | None = None, by: str | None = None
    ) -> Decision[Any]:
        """Send a command, and give what was decided; raises AnsweredOtherwise.

        Raises NotToldOverHttp where it is not believed who asks.
        """
        if not self.takes_word_of(by):
            raise NotToldOverHttp(f"{self.url} does not take our word for who asks")
        url = f"{self.url}/api/{stream.category}/{stream.id}/{route_name(type(command))}"
        headers = {"Idempotency-Key": key or str(uuid4()), **({LOCAL_ACTOR: by} if by else {})}
        body = command.model_dump(mode="json")
        async with self.http.post(url, json=body, headers=headers) as response:
            text = await response.text()
        told = answer(url, response, text)
        if response.status == 422 and told.get("code") == "refused":
            return Refusal(told["refusal"], told["detail"])
        if response.status == 403 and told.get("code") == FORBIDDEN:
            return Refusal(FORBIDDEN, told["detail"])
        if response.status != 200:
            raise AnsweredOtherwise(f"{url} answers {response.status}: {text}")
        category = category_of(type(command))
        return tuple(category.decode(e["type"], e["schema"], e["data"]) for e in told["events"])

    def takes_word_of(self, by: str | None) -> bool:
        """Tell whether it is believed who asks: at a desk, where the host signs in whom it is told."""
        return by is None or URL(self.url).host in LOOPBACK


def answer(url: str, response: aiohttp.ClientResponse, text: str) -> dict[str, Any]:
    """Read a JSON object out of an answer; raises AnsweredOtherwise."""
    try:
        told = json.loads(text)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise AnsweredOtherwise(f"{url} answers {response.status}: {text}")
    return told


async def over_http(specs: Sequence[Spec], url: str, seed: Seed | None = None) -> dict[str, Held]:
    """Hold all specs against a base URL at once; gives what came of each, by title."""
    async with aiohttp.ClientSession(headers=key_shown()) as http:
        client = Client(http, url, specs, seed)
        held = await asyncio.gather(*(_held(client, spec) for spec in specs))
    return {spec.title: one for spec, one in zip(specs, held, strict=True)}


async def _held(client: Client, spec: Spec) -> Held:
    """Holds a spec on a stream of its own; what differs there is held again on other streams.

    Reactions go on with what is given, so a command may meet a later state. What really differs always does.
    """
    held = Held()
    for _ in range(TRIES):
        held = await _held_once(client, spec)
        if not held.found:
            break
    return held


async def _held_once(client: Client, spec: Spec) -> Held:
    if not has_route(type(spec.when)):
        return Held(left_out=f"{type_name(type(spec.when))} has no route")
    if spec.at is not None or decided_by_the_clock(spec):
        return Held(left_out=NO_CLOCK)
    tag = uuid4().hex
    stream = StreamName(category_of(type(spec.when)).name, f"spec-{tag}")
    try:
        spec = await apart(spec, stream, tag[:8], domain_of(type(spec.when)), client.specs)
        await client.begin(stream, spec.given)
        key = key_behind(spec.given)
        first = await client.ask(stream, spec.when, key, spec.by)
        again = await client.ask(stream, spec.when, key, spec.by)
    except NotToldOverHttp as reason:
        return Held(left_out=str(reason))
    except AnsweredOtherwise as otherwise:
        return Held([str(otherwise)])
    return Held(compared(spec, first) + ([] if again == first else [f"sent again: {again}"]))
