"""`make spec`: tells every spec, holds it, and writes docs/specification.md; with a URL, holds them there."""

import argparse
import asyncio
import sys
from pathlib import Path

from shared.domain import domain
from tests.specs.all import FLOWS, OUTSIDE, REACTIONS, SPECS, TOLD
from tests.specs.by_webhook import by_webhook
from tests.specs.spec import flow_story, heard_story, reaction_story, story, told_story
from tests.specs.specification import specification
from tests.specs.ways import (
    by_decider,
    by_enrichers,
    by_reactions,
    by_service,
    history,
    over_http,
)
from tests.specs.whole_flow import by_roles

PAGE = Path(__file__).parents[2] / "docs" / "specification.md"


async def hold(url: str | None) -> int:
    """Hold all specs; 1 when one of them differs."""
    told = await (_here() if url is None else _there(url))
    for story_told, _ in told:
        print(story_told, end="\n\n")
    differing = sum(bool(differences) for _, differences in told)
    print(f"{len(told)} specs, {differing} do not hold.")
    page = specification(
        domain, SPECS, reactions=REACTIONS, flows=FLOWS, outside=OUTSIDE, told=TOLD
    )
    PAGE.write_text(page, encoding="utf-8")
    return 1 if differing else 0


async def _here() -> list[tuple[str, list[str]]]:
    """Hold every spec in this process, and tell it with what differs."""
    told: list[tuple[str, list[str]]] = []
    for spec in SPECS:
        found = by_decider(spec) + await by_service(spec)
        told.append((story(spec, found), found))
    for reaction in REACTIONS:
        found = by_reactions(reaction)
        told.append((reaction_story(reaction, found), found))
    for told_of in TOLD:
        found = by_enrichers(told_of)
        told.append((told_story(told_of, found), found))
    for flow in FLOWS:
        found = await by_roles(flow, history)
        told.append((flow_story(flow, found), found))
    for heard in OUTSIDE:
        found = await by_webhook(heard, history)
        told.append((heard_story(heard, found), found))
    return told


async def _there(url: str) -> list[tuple[str, list[str]]]:
    """Hold at a base URL what can be told over HTTP."""
    found = await over_http(SPECS, url)
    return [(story(spec, found.get(spec.title, [])), found.get(spec.title, [])) for spec in SPECS]


def main() -> int:
    """Hold specs as the arguments say."""
    parser = argparse.ArgumentParser(prog="python -m tests.specs", description=__doc__)
    parser.add_argument("--url", help="the base URL of a running function set")
    return asyncio.run(hold(parser.parse_args().url))


if __name__ == "__main__":
    sys.exit(main())
