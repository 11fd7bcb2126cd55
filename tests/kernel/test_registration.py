"""One name a thing: whoever registers twice, or asks for what is not there, is told."""

import pytest

from shared.domain.item import item
from shared.domain.item.commands import ReceiveStock, RegisterItem
from shared.domain.stock import stock
from shared.kernel.category import Category
from shared.kernel.dispatcher import Dispatcher
from shared.kernel.domain import Domain
from shared.kernel.errors import ConfigurationError, UnknownMessage
from shared.kernel.outcome import Outcome, Unchanged
from shared.kernel.request import CommandRequest
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


def test_what_is_not_there_is_not_found() -> None:
    domain = Domain(categories=(item,), views=(stock,))

    with pytest.raises(UnknownMessage):
        domain.category("order")
    with pytest.raises(UnknownMessage):
        domain.view("orders")
