"""`make spec`: holds all specs, and writes what is made of them; or holds them at URL, and writes there."""

import argparse
import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

from tests.active import DOCS, EXAMPLES, SOURCE, domain
from tests.specs.all import FLOWS, INBOUND, REACTIONS, SPECS, TOLD
from tests.specs.by_http import Held, over_http
from tests.specs.by_roles import whatever_fails
from tests.specs.by_webhook import by_webhook
from tests.specs.examples import taken_from_specs, text_of
from tests.specs.flows_by_http import flows_over_http
from tests.specs.holding import Holding, Told, hold_all, lines
from tests.specs.lacking import lacking_end, lacking_in, lacking_of, lacking_refusals
from tests.specs.spec import (
    Flow,
    Heard,
    Reaction,
    Spec,
    flow_story,
    heard_story,
    reaction_story,
    story,
    told_story,
)
from tests.specs.spec import Told as TellsOthers
from tests.specs.specification import specification
from tests.specs.ways import (
    by_decider,
    by_enrichers,
    by_event_processor,
    by_reactions,
    by_service,
    history,
)

IN_THE_FLOWS = "what an event causes is seen in the flows"
BY_EVENT_GRID = "others are told by Event Grid"
BY_WEBHOOK = "who delivers to the webhook shows a secret"

PAGE = DOCS / "specification.md"


async def hold(url: str | None, *, verbose: bool) -> int:
    """Hold all specs; 1 when one of them differs."""
    told = await (hold_all(_here()) if url is None else _there(url))
    for line in lines(told, verbose=verbose):
        print(line)
    for line in _lacking() if url is None else ():
        print(f"MISSING  {line}")
    return 1 if any(one.held.found for one in told) else 0


def _lacking() -> list[str]:
    """Say what the business lacks: `make test-domain` asks for it."""
    return [
        *(said for category in domain.categories for said in lacking_of(category, SPECS)),
        *lacking_refusals(SOURCE, SPECS),
        *lacking_in(domain, REACTIONS, TOLD, FLOWS, INBOUND),
        *(said for deadline in domain.deadlines for said in lacking_end(deadline, SPECS, FLOWS)),
    ]


def write() -> None:
    """Write the specification that people read, and the examples that clients are shown."""
    examples = text_of(taken_from_specs(domain, SPECS))
    if examples:
        EXAMPLES.write_text(examples, encoding="utf-8")
    else:
        EXAMPLES.unlink(missing_ok=True)
    page = specification(
        domain, SPECS, reactions=REACTIONS, flows=FLOWS, inbound=INBOUND, told=TOLD
    )
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page, encoding="utf-8")


def _here() -> list[Holding]:
    """Say how every spec is held in this process."""

    async def decided(spec: Spec) -> Sequence[str]:
        return by_decider(spec) + await by_service(spec)

    async def caused(spec: Reaction) -> Sequence[str]:
        return by_reactions(spec) + await by_event_processor(spec)

    async def enriched(spec: TellsOthers) -> Sequence[str]:
        return by_enrichers(spec)

    async def happened(spec: Flow) -> Sequence[str]:
        return await whatever_fails(spec, history)

    async def heard(spec: Heard) -> Sequence[str]:
        return await by_webhook(spec, history)

    def held[S: Any](
        specs: Sequence[S],
        hold_one: Callable[[S], Awaitable[Sequence[str]]],
        tell: Callable[[S, Sequence[str]], str],
    ) -> list[Holding]:
        return [Holding(one.title, partial(hold_one, one), partial(tell, one)) for one in specs]

    return [
        *held(SPECS, decided, story),
        *held(REACTIONS, caused, reaction_story),
        *held(TOLD, enriched, told_story),
        *held(FLOWS, happened, flow_story),
        *held(INBOUND, heard, heard_story),
    ]


async def _there(url: str) -> list[Told]:
    """Hold at a base URL what can be told over HTTP."""
    specs = await over_http(SPECS, url)
    flows = await flows_over_http(FLOWS, SPECS, url)
    told = [Told(one.title, specs[one.title], story(one, specs[one.title].found)) for one in SPECS]
    told += [
        Told(one.title, flows[one.title], flow_story(one, flows[one.title].found)) for one in FLOWS
    ]
    told += [Told(one.title, Held(left_out=IN_THE_FLOWS), reaction_story(one)) for one in REACTIONS]
    told += [Told(one.title, Held(left_out=BY_EVENT_GRID), told_story(one)) for one in TOLD]
    told += [Told(one.title, Held(left_out=BY_WEBHOOK), heard_story(one)) for one in INBOUND]
    return told


def main() -> int:
    """Hold specs as the arguments say."""
    parser = argparse.ArgumentParser(prog="python -m tests.specs", description=__doc__)
    parser.add_argument(
        "--url", help="the base URL of a running function set; what is written there stays"
    )
    url = parser.parse_args().url
    differing = asyncio.run(hold(url, verbose="VERBOSE" in os.environ))
    if url is None and not differing:
        write()
    return differing


if __name__ == "__main__":
    sys.exit(main())
