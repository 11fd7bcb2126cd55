"""A spec that is held beside a business writes into no stream of it."""

from collections.abc import Iterable
from dataclasses import replace

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from shared.domain.shop import domain
from shared.domain.shop.item import item
from shared.domain.shop.item.commands import DiscontinueItem
from shared.domain.shop.order import order
from shared.domain.shop.order.commands import OrderLine, PlaceOrder
from shared.domain.shop.order.events import OrderPlaced
from shared.kernel.messages.stream import StreamName
from shared.kernel.reactions.receptor import Reaction, Receptor
from tests.specs.apart import apart
from tests.specs.by_http import over_http
from tests.specs.causing import NotToldOverHttp
from tests.specs.shop import SPECS
from tests.specs.ways import category_of

PLACING = next(one for one in SPECS if isinstance(one.when, PlaceOrder) and not one.given)
ORDER = StreamName("order", "spec-1")


async def test_no_spec_of_the_shop_is_left_out_for_its_streams() -> None:
    for spec in SPECS:
        stream = StreamName(category_of(type(spec.when)).name, "spec-1")

        own = await apart(spec, stream, "mine", domain)

        said = own.given if isinstance(own.then, str) else [*own.given, *own.then]
        assert not [event for event in said if "sku='TEA'" in repr(event)]


async def test_what_a_spec_leads_to_is_named_anew() -> None:
    own = await apart(PLACING, ORDER, "mine", domain)

    assert isinstance(own.when, PlaceOrder)
    assert isinstance(own.then[0], OrderPlaced)
    assert [line.sku for line in own.when.lines] == ["TEA-mine", "CUP-mine"]
    assert [line.sku for line in own.then[0].lines] == ["TEA-mine", "CUP-mine"]
    assert own.when.customer_id == "C1"


async def test_what_goes_to_one_stream_whatever_it_is_called_is_left_out() -> None:
    def react(_stream: StreamName, _event: OrderPlaced) -> Iterable[Reaction]:
        yield Reaction(StreamName("item", "till"), DiscontinueItem(), key="")

    till = Receptor("till", order, OrderPlaced, item, DiscontinueItem, react)
    counting = replace(domain, receptors=(*domain.receptors, till))

    with pytest.raises(NotToldOverHttp, match="it would send commands to item-till"):
        await apart(PLACING, ORDER, "mine", counting)


async def test_what_is_refused_names_no_stream_of_others_where_it_is_accepted() -> None:
    lines = (OrderLine(sku="MUG", quantity=1),)
    refused = replace(PLACING, when=PlaceOrder(customer_id="C1", lines=lines), then="order-exists")

    own = await apart(refused, ORDER, "mine", domain, SPECS)

    assert isinstance(own.when, PlaceOrder)
    assert [line.sku for line in own.when.lines] == ["MUG-mine"]
    assert own.when.customer_id == "C1"


async def test_what_is_sent_names_no_stream_of_others() -> None:
    bodies = []

    async def answer(request: web.Request) -> web.Response:
        bodies.append(await request.text())
        return web.json_response({"events": []})

    app = web.Application()
    app.router.add_post("/{path:.*}", answer)
    async with TestServer(app, host="127.0.0.1") as server:
        await over_http([PLACING], str(server.make_url("")).rstrip("/"))

    assert bodies
    assert not [body for body in bodies if '"TEA"' in body]
