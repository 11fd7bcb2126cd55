"""A spec that does not hold tells its story, with numbered differences; and the graph tells the whole."""

from dataclasses import replace

from shared.domain.shop import domain
from shared.domain.shop.item.commands import ReserveStock
from shared.domain.shop.item.events import ItemRegistered, StockReceived, StockReserved
from shared.kernel.messages.stream import StreamName
from tests.kernel.asking import asked
from tests.specs.by_roles import by_roles, each_once, whatever_fails
from tests.specs.by_webhook import by_webhook
from tests.specs.graph import graph
from tests.specs.seen import Seen, different, passed_on
from tests.specs.shop import FLOWS, INBOUND, REACTIONS, SPECS, TOLD
from tests.specs.shop.item import TEN_IN_STOCK
from tests.specs.spec import (
    Spec,
    flow_story,
    heard_story,
    reaction_story,
    story,
    told_story,
)
from tests.specs.ways import by_decider, by_enrichers, by_event_processor, by_service, history
from tests.specs.whole_flow import PUBLISHER_CRASH, World

CUP = ItemRegistered(name="Cup", reorder_point=2)


async def test_a_reaction_that_causes_something_else_tells_its_story() -> None:
    wrong = replace(REACTIONS[0], then=())

    told = reaction_story(wrong, await by_event_processor(wrong))

    assert "1. expected []" in told
    assert "2. got [('item-CUP', \"ReserveForOrder(" in told


async def test_what_others_tell_to_another_effect_tells_its_story() -> None:
    wrong = replace(INBOUND[0], then={}, parked="nobody")

    told = heard_story(wrong, await by_webhook(wrong, history))

    assert "1. `then` of order-7: expected [], got [OrderShipped]; number 1: no event, got" in told
    assert "2. `parked`: expected 'nobody', got []" in told


async def test_a_flow_that_ends_otherwise_tells_its_story() -> None:
    wrong = replace(FLOWS[0], then={}, told={}, shown={("orders", "7"): {"status": "rejected"}})

    told = flow_story(wrong, await by_roles(wrong, None, history))

    assert "1. `then` of item-CUP: expected [], got [StockReserved]" in told
    assert "4. `told` of order-7: expected [], got [OrderConfirmed]" in told
    assert "5. `shown` of orders/7: expected {'status': 'rejected'}" in told


async def test_only_what_differs_from_the_store_is_said_of_the_log() -> None:
    happened = {"item-CUP": [CUP]}
    flow = replace(FLOWS[0], then={}, told={})

    both = passed_on(flow, Seen(), Seen(happened, happened))
    lost = passed_on(replace(flow, then=happened), Seen(), Seen(happened))

    assert both == []
    (said,) = lost
    assert said == (
        "`then` of item-CUP, in the log: expected [ItemRegistered], got []; number 1:"
        f" {CUP!r}, got no event"
    )


def test_a_difference_counts_what_is_there_many_times_and_shows_the_first_other_event() -> None:
    many = [CUP, *[StockReceived(quantity=1)] * 31]

    (said,) = different({"item-CUP": [ItemRegistered, StockReserved]}, {}, {"item-CUP": many})

    assert said == (
        "`then` of item-CUP: expected [ItemRegistered, StockReserved], got [ItemRegistered,"
        " StockReceived (31 times)]; number 2: StockReserved, got StockReceived(quantity=1)"
    )


async def test_what_fails_on_the_way_is_named_with_what_came_of_it() -> None:
    told = await whatever_fails(replace(FLOWS[0], told={}), history)

    assert told[0].startswith("`told` of order-7: expected [], got [OrderConfirmed]")
    assert len(told) == 1


async def test_a_command_of_a_flow_that_is_refused_is_told_once_with_its_sentence() -> None:
    refused = replace(FLOWS[0], when=("item-MUG", ReserveStock(reservation_id="r1", quantity=1)))

    told = await whatever_fails(refused, history)

    assert told == ["`when` is refused: item-unknown: Nobody has registered this item."]


def test_what_comes_of_several_faults_alone_is_told_once_with_all_of_them() -> None:
    found = [("", "late"), ("a crash", "late"), ("a crash", "twice"), ("a loss", "twice")]

    assert each_once(found) == ["late", "though a crash, or though a loss, twice"]


async def test_a_later_command_that_is_refused_is_told_with_what_came_otherwise() -> None:
    late = next(spec for spec in INBOUND if "is not cancelled" in spec.title)

    assert await by_webhook(late, history) == []
    found = await by_webhook(replace(late, then={}, parked="nobody"), history)

    assert found[-1] == "`later` is refused: order-dispatched: The goods have left the house."


async def test_a_publisher_that_crashes_has_sent_everything_twice() -> None:
    stream, command = FLOWS[0].when
    world = World(domain, PUBLISHER_CRASH)

    await world.send(asked(command, "when", StreamName.parse(stream)))
    await world.settle()

    bodies = world.log.messages[0]
    assert bodies
    assert len(bodies) == 2 * len(set(bodies))


def test_others_that_are_told_something_else_tell_its_story() -> None:
    wrong = replace(TOLD[0], known={})

    told = told_story(wrong, by_enrichers(wrong))

    assert "1. expected [{'link': '/api/views/orders/7'" in told
    assert "'name': 'TEA'" in told


async def test_a_spec_that_does_not_hold_tells_its_story() -> None:
    wrong = Spec(
        "Overselling",
        given=TEN_IN_STOCK,
        when=ReserveStock(reservation_id="r1", quantity=11),
        then=[],
    )

    told = story(wrong, by_decider(wrong) + await by_service(wrong))

    assert "1. expected 0 events, got refusal 'not-enough-stock'" in told
    assert "ReserveStock(reservation_id='r1', quantity=11)" in told


def test_the_graph_leads_from_what_comes_in_to_what_others_are_told() -> None:
    edges = graph(domain, SPECS).splitlines()

    assert "  OrderPlaced -.->|reserve-lines| ReserveForOrder" in edges
    assert '  orders -.->|"order-expiry, 15 min after OrderPlaced"| ExpireOrder' in edges
    parcel, confirmed = "com.example.carrier.parcel-dispatched", "onewrite.order.confirmed.v1"
    dispatch = f'  {parcel.replace(".", "_").replace("-", "_")}>"{parcel}"]'
    assert f"{dispatch} -.->|carrier-dispatch| RecordDispatch" in edges
    told = f'{confirmed.replace(".", "_")}[/"{confirmed}"/]'
    assert f"  OrderConfirmed ==>|order-confirmation| {told}" in edges
