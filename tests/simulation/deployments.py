"""The versions of a deployment, which run side by side: each writes its snapshots in a shape of its own.

Both shapes have the same fields, and mean something else by one: who reads the wrong one has a wrong state.
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Annotated, Any

from pydantic import BeforeValidator, WrapSerializer

from shared.domain.shop import domain
from shared.domain.shop.item.events import ReorderPointChanged
from shared.kernel.commands.snapshot import Snapshots
from shared.kernel.domain import Domain
from shared.kernel.messages.message import Event
from shared.kernel.views.view import View

type Shape = dict[str, Any]

SNAPSHOT_EVERY = 4
EXPIRY = timedelta(seconds=5)
ORDERS = [
    tuple(random.Random(number).sample(range(len(domain.receptors)), len(domain.receptors)))
    for number in range(6)
]
"""Some orders of the receptors."""

OLDER, NEWER = 8, 9


def _all_pieces(state: Shape) -> Shape:
    return {**state, "available": state["available"] + sum(state["reserved"].values())}


def _free_pieces(state: Shape) -> Shape:
    return {**state, "available": state["available"] - sum(state["reserved"].values())}


def _other_lines(state: Shape) -> Shape:
    """Name the lines that are not reserved in place of those that are, and the other way round."""
    return {**state, "reserved": [sku for sku in state["lines"] if sku not in state["reserved"]]}


def _next_shortage(state: Shape) -> Shape:
    return {**state, "last_shortage": state["last_shortage"] + 1}


def _last_shortage(state: Shape) -> Shape:
    return {**state, "last_shortage": state["last_shortage"] - 1}


RESHAPE: Mapping[str, tuple[Callable[[Shape], Shape], Callable[[Shape], Shape]]] = {
    "item": (_all_pieces, _free_pieces),
    "order": (_other_lines, _other_lines),
    "replenishment": (_next_shortage, _last_shortage),
}
"""From the older shape to the newer, and back."""


@cache
def snapshots_of(category: str, number: int, *, reads_older: bool) -> Snapshots[Any]:
    """Give the snapshots of a schema; to read them takes a validator, which is dear to make."""
    state: Any = type(domain.category(category).decider.initial_state)
    schema, upcasters = f"{category}/{number}", dict[str, Callable[[Shape], Shape]]()
    if number == NEWER:
        newer, older = RESHAPE[category]
        write = WrapSerializer(lambda value, shown: newer(shown(value)))
        state = Annotated[state, write, BeforeValidator(older)]
        upcasters = {f"{category}/{OLDER}": newer} if reads_older else {}
    return Snapshots(schema, state, upcasters, every=SNAPSHOT_EVERY)


def deployed(dice: random.Random) -> Domain:
    """Choose a version: they differ in their snapshots, and in how they count."""
    return version(
        dice.choice([OLDER, NEWER]), dice.choice(ORDERS), reads_older=dice.random() < 0.5
    )


@cache
def version(number: int, order: tuple[int, ...], *, reads_older: bool) -> Domain:
    """Give a version whose receptors stand in an order; to check a domain is dear."""
    return replace(
        domain,
        categories=tuple(
            replace(one, snapshots=snapshots_of(one.name, number, reads_older=reads_older))
            for one in domain.categories
        ),
        receptors=tuple(domain.receptors[place] for place in order),
        deadlines=tuple(replace(one, after=EXPIRY) for one in domain.deadlines),
    )


def spoilt(view: View[Any], is_spoilt: Callable[[], bool]) -> View[Any]:
    """Give a view that cannot fold one kind of event, for as long as nobody has mended it."""

    def evolve(data: Any, event: Event) -> Any:
        if isinstance(event, ReorderPointChanged) and is_spoilt():
            raise ZeroDivisionError("a bug in a view")
        return view.evolve(data, event)

    return replace(view, evolve=evolve)
