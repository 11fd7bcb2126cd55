"""One name a thing: whoever registers twice, or asks for what is not there, is told."""

from dataclasses import replace

import pytest

from shared.domain.shop import domain
from shared.domain.shop.item import item
from shared.domain.shop.item.commands import ReceiveStock, RegisterItem
from shared.domain.shop.item.events import StockRanLow, StockReceived, StockReserved
from shared.domain.shop.order.commands import ExpireOrder, RecordDispatch
from shared.domain.shop.order.events import OrderPlaced
from shared.domain.shop.views.stock import stock
from shared.kernel.commands.category import Category
from shared.kernel.commands.dispatcher import Dispatcher
from shared.kernel.commands.outcome import Outcome, Unchanged
from shared.kernel.commands.request import CommandRequest
from shared.kernel.domain import Domain
from shared.kernel.errors import ConfigurationError, UnknownMessage
from shared.kernel.messages.stream import StreamName
from shared.kernel.reactions.receptor import Reaction, Receptor
from tests.kernel.worlds import request


async def answer(_request: CommandRequest) -> Outcome:
    return Unchanged(version=7)


async def test_a_command_goes_to_its_one_handler() -> None:
    dispatcher = Dispatcher()
    dispatcher.register(ReceiveStock, answer)

    assert await dispatcher.dispatch(request(ReceiveStock(quantity=1), "c")) == Unchanged(version=7)


async def test_a_command_without_a_handler_is_an_error() -> None:
    with pytest.raises(UnknownMessage, match="ReceiveStock has no handler"):
        await Dispatcher().dispatch(request(ReceiveStock(quantity=1), "c"))


def test_a_command_has_one_handler_only() -> None:
    dispatcher = Dispatcher()
    dispatcher.register(RegisterItem, answer)

    with pytest.raises(ConfigurationError, match="RegisterItem has a handler already"):
        dispatcher.register(RegisterItem, answer)


def test_a_category_names_each_message_once() -> None:
    with pytest.raises(ConfigurationError, match="two messages have one name"):
        Category(
            name="item",
            decider=item.decider,
            events=(*item.events, item.events[0]),
            commands=item.commands,
            snapshots=item.snapshots,
        )


def test_a_domain_names_each_category_and_each_view_once() -> None:
    with pytest.raises(ConfigurationError, match="category 'item' is registered twice"):
        Domain(categories=(item, item), views=())
    with pytest.raises(ConfigurationError, match="view 'stock' is registered twice"):
        Domain(categories=(item,), views=(stock, stock))


def test_a_category_leaves_the_routes_of_the_product_alone() -> None:
    views = Category(
        name="views", decider=item.decider, events=(), commands=(), snapshots=item.snapshots
    )

    with pytest.raises(ConfigurationError, match="views"):
        Domain(categories=(views,), views=())


def test_what_a_domain_is_made_of_knows_only_what_is_in_it() -> None:
    bound = next(one for one in domain.receptors if one.event is OrderPlaced)
    sending = next(one for one in domain.receptors if one.event is StockReserved)
    with pytest.raises(ConfigurationError, match="bound to order/OrderPlaced, which is no event"):
        Domain(categories=(item,), views=(), receptors=(bound,))
    with pytest.raises(ConfigurationError, match="sends order/RecordReservation, which is no comm"):
        Domain(categories=(item,), views=(), receptors=(sending,))
    with pytest.raises(ConfigurationError, match="'order-expiry' looks into no view of the domain"):
        Domain(categories=domain.categories, views=(stock,), deadlines=domain.deadlines)


def test_a_deadline_looks_at_rows_of_one_category() -> None:
    (deadline,) = domain.deadlines
    both = replace(deadline.view, others=(item,))
    views = (both, *(view for view in domain.views if view is not deadline.view))

    with pytest.raises(ConfigurationError, match="'orders', whose rows are not all of one categ"):
        replace(domain, views=views, deadlines=(replace(deadline, view=both),))


def test_a_receptor_sends_what_it_declared_and_each_command_once() -> None:
    order = StreamName("order", "7")

    def asked(*reactions: Reaction) -> Receptor[StockReserved]:
        return Receptor(
            "told", item, StockReserved, domain.category("order"), ExpireOrder, lambda *_: reactions
        )

    expire, dispatch = (
        Reaction(order, command, key="k")
        for command in (ExpireOrder(), RecordDispatch(customer_id="C1"))
    )
    event = StockReserved(reservation_id="r", quantity=1)
    stream = StreamName("item", "TEA")
    assert list(asked(expire).reactions(stream, event)) == [expire]
    with pytest.raises(ConfigurationError, match="'told' sends what it did not declare"):
        asked(dispatch).reactions(stream, event)
    with pytest.raises(ConfigurationError, match="'told' makes two commands of one id"):
        asked(expire, expire).reactions(stream, event)


def test_a_policy_makes_the_fact_that_it_declared() -> None:
    (policy,) = domain.policies
    odd = replace(policy, fact=StockReceived)

    with pytest.raises(ConfigurationError, match="makes what it did not declare"):
        odd.facts(StreamName("item", "TEA"), StockRanLow(shortage=1))


def test_what_is_not_there_is_not_found() -> None:
    small = Domain(categories=(item,), views=(stock,))

    with pytest.raises(UnknownMessage):
        small.category("order")
    with pytest.raises(UnknownMessage):
        small.view("orders")
