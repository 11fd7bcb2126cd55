"""`make spec`: tells and holds every spec, and writes the specification if all hold; or holds them at URL."""

import argparse
import asyncio
import sys

from tests.active import DOCS, domain
from tests.specs.all import FLOWS, INBOUND, REACTIONS, SPECS, TOLD
from tests.specs.by_http import Held, over_http
from tests.specs.by_webhook import by_webhook
from tests.specs.flows_by_http import flows_over_http
from tests.specs.spec import flow_story, heard_story, reaction_story, story, told_story
from tests.specs.specification import specification
from tests.specs.ways import (
    by_decider,
    by_enrichers,
    by_event_processor,
    by_reactions,
    by_service,
    history,
)
from tests.specs.whole_flow import whatever_fails

IN_THE_FLOWS = "what an event causes is seen in the flows"
BY_EVENT_GRID = "others are told by Event Grid"
BY_WEBHOOK = "who delivers to the webhook shows a secret"

PAGE = DOCS / "specification.md"


type Told = list[tuple[str, Held]]
"""Stories, and what came of each."""


async def hold(url: str | None) -> int:
    """Hold all specs; 1 when one of them differs."""
    told = await (_here() if url is None else _there(url))
    for story_told, held in told:
        print(story_told)
        print(f"  left out over HTTP: {held.left_out}\n" if held.left_out else "")
    differing = sum(bool(held.found) for _, held in told)
    left_out = sum(bool(held.left_out) for _, held in told)
    behind = f", {left_out} are left out, wholly or in part" if left_out else ""
    print(f"{len(told)} specs, {differing} do not hold{behind}.")
    return 1 if differing else 0


def write() -> None:
    """Write the specification that people read."""
    page = specification(
        domain, SPECS, reactions=REACTIONS, flows=FLOWS, inbound=INBOUND, told=TOLD
    )
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page, encoding="utf-8")


async def _here() -> Told:
    """Hold every spec in this process, and tell it with what differs."""
    told: Told = []
    for spec in SPECS:
        found = by_decider(spec) + await by_service(spec)
        told.append((story(spec, found), Held(found)))
    for reaction in REACTIONS:
        found = by_reactions(reaction) + await by_event_processor(reaction)
        told.append((reaction_story(reaction, found), Held(found)))
    for told_of in TOLD:
        found = by_enrichers(told_of)
        told.append((told_story(told_of, found), Held(found)))
    for flow in FLOWS:
        found = await whatever_fails(flow, history)
        told.append((flow_story(flow, found), Held(found)))
    for heard in INBOUND:
        found = await by_webhook(heard, history)
        told.append((heard_story(heard, found), Held(found)))
    return told


async def _there(url: str) -> Told:
    """Hold at a base URL what can be told over HTTP."""
    specs = await over_http(SPECS, url)
    flows = await flows_over_http(FLOWS, SPECS, url)
    told = [(story(spec, specs[spec.title].found), specs[spec.title]) for spec in SPECS]
    told += [(flow_story(flow, flows[flow.title].found), flows[flow.title]) for flow in FLOWS]
    told += [(reaction_story(one), Held(left_out=IN_THE_FLOWS)) for one in REACTIONS]
    told += [(told_story(one), Held(left_out=BY_EVENT_GRID)) for one in TOLD]
    told += [(heard_story(one), Held(left_out=BY_WEBHOOK)) for one in INBOUND]
    return told


def main() -> int:
    """Hold specs as the arguments say."""
    parser = argparse.ArgumentParser(prog="python -m tests.specs", description=__doc__)
    parser.add_argument("--url", help="the base URL of a running function set")
    url = parser.parse_args().url
    differing = asyncio.run(hold(url))
    if url is None and not differing:
        write()
    return differing


if __name__ == "__main__":
    sys.exit(main())
