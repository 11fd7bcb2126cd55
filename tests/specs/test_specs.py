"""Every spec holds in every way, and together they name everything that the domain knows."""

import re
from dataclasses import replace

import pytest

from infra.local.stack import ROOT
from shared.domain import domain
from shared.domain.item.commands import ReserveStock
from shared.kernel.category import Category
from shared.kernel.message import type_name
from tests.specs.all import FLOWS, OUTSIDE, REACTIONS, SPECS, TOLD
from tests.specs.by_webhook import by_webhook
from tests.specs.item import TEN_IN_STOCK
from tests.specs.spec import (
    Flow,
    Heard,
    Reaction,
    Spec,
    Told,
    flow_story,
    heard_story,
    reaction_story,
    story,
    told_story,
)
from tests.specs.specification import specification
from tests.specs.ways import (
    by_decider,
    by_enrichers,
    by_event_processor,
    by_reactions,
    by_service,
    category_of,
    history,
)
from tests.specs.whole_flow import FAULTS, PUBLISHER_CRASH, by_roles


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.title)
def test_a_spec_holds_for_the_decider(spec: Spec) -> None:
    found = by_decider(spec)

    assert not found, story(spec, found)


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.title)
async def test_a_spec_holds_for_the_application_service_twice_over(spec: Spec) -> None:
    found = await by_service(spec)

    assert not found, story(spec, found)


@pytest.mark.parametrize("spec", REACTIONS, ids=lambda spec: spec.title)
def test_what_an_event_causes_is_caused_under_the_same_ids_each_time(spec: Reaction) -> None:
    found = by_reactions(spec)

    assert not found, reaction_story(spec, found)


@pytest.mark.parametrize("spec", REACTIONS, ids=lambda spec: spec.title)
async def test_an_event_is_broadcast_and_each_command_goes_to_its_one_handler(
    spec: Reaction,
) -> None:
    found = await by_event_processor(spec)

    assert not found, reaction_story(spec, found)


async def test_a_reaction_that_causes_something_else_tells_its_story() -> None:
    wrong = replace(REACTIONS[0], then=())

    told = reaction_story(wrong, await by_event_processor(wrong))

    assert "1. expected []" in told
    assert "2. got [('item-CUP', \"ReserveForOrder(" in told


@pytest.mark.parametrize("spec", TOLD, ids=lambda spec: spec.title)
def test_others_are_told_the_same_each_time(spec: Told) -> None:
    found = by_enrichers(spec)

    assert not found, told_story(spec, found)


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.title)
async def test_a_flow_ends_as_it_should_whatever_fails(flow: Flow) -> None:
    found = await by_roles(flow, history)

    assert not found, flow_story(flow, found)


@pytest.mark.parametrize("spec", OUTSIDE, ids=lambda spec: spec.title)
async def test_what_others_tell_has_its_effect_once(spec: Heard) -> None:
    found = await by_webhook(spec, history)

    assert not found, heard_story(spec, found)


async def test_what_others_tell_to_another_effect_tells_its_story() -> None:
    wrong = replace(OUTSIDE[0], then={}, parked="nobody")

    told = heard_story(wrong, await by_webhook(wrong, history))

    assert "1. order-7: expected [], got ['OrderShipped']" in told
    assert "2. expected 'nobody' to be parked, got []" in told


async def test_a_flow_that_ends_otherwise_tells_its_story() -> None:
    wrong = replace(FLOWS[0], then={}, told={}, shown={("orders", "7"): {"status": "rejected"}})

    told = flow_story(wrong, await by_roles(wrong, history))

    assert "1. item-CUP: expected [], got ['StockReserved']" in told
    assert "4. the log of item-CUP: expected [], got ['StockReserved']" in told
    assert "7. a webhook, of order-7: expected [], got ['OrderConfirmed']" in told
    assert "8. orders/7: expected {'status': 'rejected'}" in told


async def test_what_the_log_holds_twice_has_to_be_named() -> None:
    crashed = next(flow for flow in FLOWS if flow.fault == PUBLISHER_CRASH)

    told = await by_roles(replace(crashed, logged={}), history)

    assert "the log of order-7: expected" in told[-1]
    assert told[-1].count("OrderPlaced(") == 2


def test_others_that_are_told_something_else_tell_its_story() -> None:
    wrong = replace(TOLD[0], known={})

    told = told_story(wrong, by_enrichers(wrong))

    assert "1. expected [{'link': '/api/views/orders/7'" in told
    assert "'name': 'TEA'" in told


def test_every_reaction_enricher_view_and_fault_has_a_spec() -> None:
    caused_by = {type(spec.when) for spec in REACTIONS if spec.then}

    assert {reaction.event for reaction in domain.reactions} == caused_by
    assert {(type(e.when), type(e.then)) for e in TOLD} == {
        (enricher.event, enricher.public) for enricher in domain.enrichers
    }
    effective = {spec.heard.type for spec in OUTSIDE if spec.then}
    assert {receptor.event_type for receptor in domain.outside} == effective
    assert {view.name for view in domain.views} == {view for f in FLOWS for view, _ in f.shown}
    assert {flow.fault for flow in FLOWS} == {None, *FAULTS}


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


@pytest.mark.parametrize("category", domain.categories, ids=lambda category: category.name)
def test_every_command_event_and_refusal_of_a_category_has_a_spec(category: Category) -> None:
    own = [spec for spec in SPECS if category_of(type(spec.when)) is category]
    commands = {type(spec.when) for spec in own}
    events = {type(e) for spec in own if not isinstance(spec.then, str) for e in spec.then}
    refusals = {spec.then for spec in own if isinstance(spec.then, str)}

    assert commands == {*category.commands, *category.process_commands}
    assert {type_name(event) for event in events} == {type_name(event) for event in category.events}
    assert refusals == codes(category)


def codes(category: Category) -> set[str]:
    """The codes of all refusals that the source of a category names."""
    folder = ROOT / "shared" / "domain" / category.name
    source = "\n".join(file.read_text(encoding="utf-8") for file in folder.glob("*.py"))
    return set(re.findall(r'Refusal\(\s*"([a-z-]+)"', source))


def test_the_specification_that_people_read_is_current() -> None:
    page = (ROOT / "docs" / "specification.md").read_text(encoding="utf-8")

    now = specification(domain, SPECS, reactions=REACTIONS, flows=FLOWS, outside=OUTSIDE, told=TOLD)

    assert page == now, "make spec writes it anew"


def test_the_graph_leads_from_what_comes_in_to_what_others_are_told_and_names_every_step() -> None:
    page = specification(
        domain, SPECS, reactions=REACTIONS, flows=FLOWS, outside=OUTSIDE, told=TOLD
    )
    edges = page.partition("```mermaid\n")[2].partition("```")[0].splitlines()

    assert "  OrderPlaced -.->|reserve-lines| ReserveForOrder" in edges
    assert '  orders -.->|"order-expiry, after 15 min"| ExpireOrder' in edges
    assert any(
        edge.endswith('parcel-dispatched"] -.->|carrier-dispatch| RecordDispatch') for edge in edges
    )
    assert any(
        edge.startswith("  OrderConfirmed ==>|order-confirmation| ")
        and "onewrite.order.confirmed.v1" in edge
        for edge in edges
    )
    named = [*domain.reactions, *domain.outside, *domain.deadlines, *domain.enrichers]
    labels = re.findall(r'>\|"?([a-z-]+)', "\n".join(edges))
    assert sorted(labels) == sorted(one.name for one in named)
