"""`make spec`: tells every spec, holds it, and writes docs/specification.md; with a URL, holds them there."""

import argparse
import asyncio
import sys
from pathlib import Path

from shared.domain import domain
from tests.specs.all import SPECS
from tests.specs.spec import story
from tests.specs.specification import specification
from tests.specs.ways import by_decider, by_service, over_http

PAGE = Path(__file__).parents[2] / "docs" / "specification.md"


async def hold(url: str | None) -> int:
    """Hold all specs; 1 when one of them differs."""
    found = {spec.title: by_decider(spec) + await by_service(spec) for spec in SPECS}
    if url is not None:
        found = await over_http(SPECS, url)
    differing = 0
    for spec in SPECS:
        differences = found.get(spec.title, [])
        differing += bool(differences)
        print(story(spec, differences), end="\n\n")
    print(f"{len(SPECS)} specs, {differing} do not hold.")
    PAGE.write_text(specification(domain, SPECS), encoding="utf-8")
    return 1 if differing else 0


def main() -> int:
    """Hold specs as the arguments say."""
    parser = argparse.ArgumentParser(prog="python -m tests.specs", description=__doc__)
    parser.add_argument("--url", help="the base URL of a running function set")
    return asyncio.run(hold(parser.parse_args().url))


if __name__ == "__main__":
    sys.exit(main())
