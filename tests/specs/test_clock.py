"""A spec that the time decides is left out over HTTP, whatever of it says the time; all others are held there."""

import sys
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from pydantic import Field

from shared.kernel.commands.category import Category
from shared.kernel.commands.context import Context
from shared.kernel.commands.decider import Decider, Decision, Refusal
from shared.kernel.commands.snapshot import Snapshots
from shared.kernel.domain import Domain
from shared.kernel.messages.message import Command, Event
from shared.kernel.messages.values import Day, Moment, Money
from tests.kernel.asking import at_noon
from tests.specs.by_http import Held, over_http
from tests.specs.clock import NO_CLOCK
from tests.specs.flows_by_http import LAG, flows_over_http
from tests.specs.spec import Flow, Spec


class Price(Money):
    """What clients may call a price."""

    amount: Annotated[Decimal, Field(ge=0, le=100)]


class Offer(Command):
    """Offer for a price from today on."""

    price: Price


class Buy(Command):
    """Buy, and pay within a day."""


class Stamp(Command):
    """Say nothing of the time."""


class Offered(Event):
    """It has a price."""

    price: Money
    since: Day | None = None


class Bought(Event):
    """It is sold."""

    due: Moment


class Stamped(Event):
    """It has a stamp."""

    price: Money | None = None


@dataclass(frozen=True)
class Goods:
    """A state that no decision needs."""


def decide(command: Command, _state: Goods, context: Context) -> Decision[Event]:
    match command:
        case Offer(price=price):
            dated = price.currency == "EUR"
            return (Offered(price=price, since=context.now.date() if dated else None),)
        case Buy() if abs(context.now - at_noon()) > timedelta(days=1):
            return Refusal("too-late", "The sale is over.")
        case Buy():
            return (Bought(due=at_noon()),)
        case _:
            return (Stamped(),)


goods = Category(
    name="goods",
    decider=Decider(Goods(), decide, lambda state, _event: state),
    events=(Offered, Bought, Stamped),
    commands=(Offer, Buy, Stamp),
    snapshots=Snapshots("goods/1", Goods),
)
domain = Domain(categories=(goods,), views=())

TODAY = date(2026, 11, 23)
EUR, GBP = (Money(amount=Decimal(5), currency=currency) for currency in ("EUR", "GBP"))
DATED = Spec("dated", [], Offer(price=Price(**dict(EUR))), [Offered(price=EUR, since=TODAY)])
PLAIN = Spec("plain", [], Offer(price=Price(**dict(GBP))), [Offered(price=GBP)])
LIMITED = Spec("limited", [], Buy(), [Bought(due=at_noon())])
BEHIND_DATED = Spec("behind dated", [Offered(price=EUR, since=TODAY)], Stamp(), [Stamped()])
BEHIND_PLAIN = Spec("behind plain", [Offered(price=GBP)], Stamp(), [Stamped()])
SPECS = [DATED, PLAIN, LIMITED, BEHIND_DATED, BEHIND_PLAIN]
EVENTS = {
    "offer": [
        {"type": "Offered", "schema": 1, "data": {"price": {"amount": "5", "currency": "GBP"}}}
    ],
    "stamp": [{"type": "Stamped", "schema": 1, "data": {}}],
}


@pytest.fixture(autouse=True)
def _is_a_business(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "shared.domain.test_clock", sys.modules[__name__])


async def held(specs: list[Spec], flows: list[Flow]) -> tuple[dict[str, Held], list[str]]:
    """Hold specs and flows at a server that offers and stamps; gives what came of each, and the prices sent."""
    prices = []

    async def answer(request: web.Request) -> web.Response:
        if request.path == LAG:
            return web.json_response({"stages": []})
        command = request.path.rpartition("/")[2]
        if command == "offer":
            prices.append((await request.json())["price"]["amount"])
        return web.json_response({"events": EVENTS[command]})

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    async with TestServer(app, host="127.0.0.1") as server:
        url = str(server.make_url("")).rstrip("/")
        return await over_http(specs, url) | await flows_over_http(flows, specs, url), prices


async def test_what_the_time_decides_is_left_out_and_nothing_else() -> None:
    found, prices = await held(SPECS, [])

    assert {title: (list(one.found), one.left_out) for title, one in found.items()} == {
        "dated": ([], NO_CLOCK),
        "plain": ([], ""),
        "limited": ([], NO_CLOCK),
        "behind dated": ([], f"{NO_CLOCK} that Offered says"),
        "behind plain": ([], ""),
    }
    # A command takes what is of a type of its own in the event that it causes.
    assert prices == ["5"] * 3


async def test_a_flow_that_ends_otherwise_today_is_left_out() -> None:
    flow = Flow("sold", {}, ("goods-1", Buy()), {"goods-1": [Bought(due=at_noon())]}, {})

    found, _ = await held([], [flow])

    assert found["sold"].left_out == NO_CLOCK


async def test_what_no_command_takes_is_named_by_its_field() -> None:
    dear = Money(amount=Decimal(500), currency="GBP")
    spec = Spec("dear", [Offered(price=dear)], Stamp(), [Stamped()])

    found, _ = await held([PLAIN, spec], [])

    assert found["dear"].left_out.startswith("Offer does not take what Offered says: /price/amount")
