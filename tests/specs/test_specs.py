"""Every spec holds in every way, and together they name everything that the domain knows."""

import re

import pytest

from shared.kernel.commands.category import Category
from shared.kernel.reactions.deadline import Deadline
from tests.active import DOCS, SOURCE, domain
from tests.specs.all import FLOWS, INBOUND, REACTIONS, SPECS, TOLD
from tests.specs.by_roles import by_roles
from tests.specs.by_webhook import by_webhook
from tests.specs.graph import graph
from tests.specs.lacking import lacking_end, lacking_in, lacking_of, lacking_refusals
from tests.specs.refusals import codes
from tests.specs.spec import (
    FORBIDDEN,
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
    history,
)
from tests.specs.whole_flow import FAULTS


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


@pytest.mark.parametrize("spec", TOLD, ids=lambda spec: spec.title)
def test_others_are_told_the_same_each_time(spec: Told) -> None:
    found = by_enrichers(spec)

    assert not found, told_story(spec, found)


@pytest.mark.parametrize(
    ("flow", "fault"),
    [
        pytest.param(flow, fault, id=f"{flow.title}, though {fault or 'nothing fails'}")
        for flow in FLOWS
        for fault in FAULTS
    ],
)
async def test_a_flow_ends_as_it_should_whatever_fails(flow: Flow, fault: str | None) -> None:
    found = await by_roles(flow, fault, history)

    assert not found, flow_story(flow, found)


@pytest.mark.parametrize("spec", INBOUND, ids=lambda spec: spec.title)
async def test_what_others_tell_has_its_effect_once(spec: Heard) -> None:
    found = await by_webhook(spec, history)

    assert not found, heard_story(spec, found)


def test_every_reaction_enricher_and_view_has_a_spec() -> None:
    assert list(lacking_in(domain, REACTIONS, TOLD, FLOWS, INBOUND)) == []


@pytest.mark.parametrize("category", domain.categories, ids=lambda category: category.name)
def test_every_command_event_and_refusal_of_a_category_has_a_spec(category: Category) -> None:
    assert list(lacking_of(category, SPECS)) == []


@pytest.mark.parametrize("deadline", domain.deadlines, ids=lambda deadline: deadline.name)
def test_every_deadline_has_a_flow_that_it_ends(deadline: Deadline) -> None:
    assert list(lacking_end(deadline, SPECS, FLOWS)) == []


def test_no_spec_speaks_of_what_the_business_does_not_know() -> None:
    caused_by = {type(spec.when) for spec in REACTIONS if spec.then}
    assert caused_by <= {reaction.event for reaction in domain.reactions}
    told = {(type(spec.when), type(spec.then)) for spec in TOLD}
    assert told <= {(enricher.event, enricher.public) for enricher in domain.enrichers}
    heard = {spec.heard.type for spec in INBOUND if spec.then}
    assert heard <= {receptor.event_type for receptor in domain.inbound}
    assert {view for flow in FLOWS for view, _ in flow.shown} <= {one.name for one in domain.views}
    events = {type(e) for spec in SPECS if not isinstance(spec.then, str) for e in spec.then}
    assert events <= {event for category in domain.categories for event in category.events}


def test_every_refusal_that_the_source_of_the_business_names_has_a_spec() -> None:
    assert list(lacking_refusals(SOURCE, SPECS)) == []
    assert {spec.then for spec in SPECS if isinstance(spec.then, str)} <= {
        *codes(SOURCE),
        FORBIDDEN,
    }


def test_every_refusal_is_listed_with_the_commands_that_it_is_given_for() -> None:
    page = (DOCS / "specification.md").read_text(encoding="utf-8")
    listed = re.findall(
        r"^\| `([a-z0-9-]+)` \| \[`", page.partition("## Refusals")[2], re.MULTILINE
    )

    assert sorted(listed) == sorted(codes(SOURCE))


def test_the_specification_that_people_read_is_current() -> None:
    page = (DOCS / "specification.md").read_text(encoding="utf-8")

    now = specification(domain, SPECS, reactions=REACTIONS, flows=FLOWS, inbound=INBOUND, told=TOLD)

    assert page == now, "make spec writes it anew"


def test_the_graph_names_every_step_that_follows_from_an_event() -> None:
    labels = re.findall(r'>\|"?([a-z0-9-]+)', graph(domain, SPECS))

    following = [*domain.reactions, *domain.inbound, *domain.deadlines, *domain.enrichers]
    assert sorted(labels) == sorted(one.name for one in following)
