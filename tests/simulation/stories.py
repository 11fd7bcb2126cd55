"""Stories: what is wrong with a world, and what happened to the streams that it is wrong with."""

import re
from collections.abc import Sequence

from shared.domain.shop import domain as shop
from tests.active import domain
from tests.simulation.weather import FAULT
from tests.simulation.world import Ending

MOST_LINES = 80
CATEGORIES = "|".join({one.name for business in (shop, domain) for one in business.categories})
STREAM = rf"\b(?:{CATEGORIES})-[A-Za-z0-9]+(?:-\d+)?"
CASES = ("crash", "stall", "theft", "rewind", "redeployment")
"""Faults that strike a whole host, and so whatever it does."""


def story(ending: Ending) -> str:
    """Tell what is wrong, and what happened to the first stream that is wrong."""
    wrong = [f"  {number}. {one}" for number, one in enumerate(ending.wrong[:10], start=1)]
    faults = f"{len(ending.asked)} commands, {len(ending.struck)} faults"
    told = _about(ending.trace, ending.wrong[0]) if ending.wrong else []
    lines = [f"{ending.plan}: {faults}", "wrong:", *wrong, "what happened:", *told[-MOST_LINES:]]
    return "\n".join(lines)


def _about(trace: Sequence[str], wrong: str) -> list[str]:
    """Give the lines about the streams that are named, and the faults of the hosts that worked on them."""
    names = list(dict.fromkeys(re.findall(STREAM, wrong)))
    if not names:
        return list(trace)
    needles = [rf"\b{re.escape(name)}(?![\w-])" for name in names]
    # An order's lines are reserved under its id, a slash, and the item.
    orders = [name.removeprefix("order-") for name in names if name.startswith("order-")]
    needles += [rf"(?<![\w-]){re.escape(order)}/" for order in orders]
    about = re.compile("|".join(needles))
    found = [number for number, line in enumerate(trace) if about.search(line)]
    if not found:
        return list(trace)
    hosts = {trace[number].split()[1] for number in found}
    first, last = found[0], found[-1]
    return [
        line
        for number, line in enumerate(trace)
        if about.search(line) or (first < number < last and _strikes(line, hosts))
    ]


def _strikes(line: str, hosts: set[str]) -> bool:
    _, who, what = line.split(maxsplit=2)
    if what.startswith("starts with"):
        return who in hosts
    return what.startswith(tuple(f"{FAULT} {case}" for case in CASES)) and who in hosts
