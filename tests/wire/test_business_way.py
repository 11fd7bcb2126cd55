"""Whatever is sent to the business that runs comes back equal from everywhere, whichever way it goes."""

import asyncio
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic_core import to_jsonable_python

from command_api.paging import suffixes
from shared.kernel.commands.category import Category
from shared.kernel.commands.context import Context
from shared.kernel.messages.json_reading import read
from shared.kernel.messages.message import Command, Event, Message
from shared.kernel.views.fields import list_fields
from shared.kernel.views.view import View
from tests.active import domain
from tests.command_api.calls import told
from tests.kernel.asking import at_noon
from tests.specs.all import SPECS
from tests.specs.spec import Spec
from tests.specs.ways import decided
from tests.wire.business_way import OPEN, Way
from tests.wire.every_way import one_of
from tests.wire.values import values

ROUTED = [(category, one) for category in domain.categories for one in category.commands]
SOME = settings(max_examples=10, deadline=None)
TRIES = 8


def starts(command: type[Command]) -> list[Spec]:
    """Give the specs of a command, each with its own beginning."""
    return [spec for spec in SPECS if type(spec.when) is command]


@pytest.mark.parametrize(
    ("category", "command"), ROUTED, ids=[f"{one.name}-{kind.__name__}" for one, kind in ROUTED]
)
@SOME
@given(data=st.data())
def test_what_is_sent_comes_back_equal_from_everywhere(
    category: Category, command: type[Command], data: st.DataObject
) -> None:
    spec = asked(category, command, data)

    asyncio.run(check(Way(category, spec, spec.at or at_noon()), spec.when))


def asked(category: Category, command: type[Command], data: st.DataObject) -> Spec:
    """Ask for something that is accepted, if that is found soon: at first for any values, then as a spec does."""
    for _ in range(TRIES):
        spec = data.draw(st.sampled_from(starts(command)))
        tried = replace(spec, when=data.draw(values(command)))
        decision = decided(tried, category)
        if isinstance(decision, tuple) and decision:
            return tried
    return spec


async def check(way: Way, sent: Command) -> None:
    """Send a command, and look for what it has caused wherever that shows."""
    await way.begin()
    answer = await way.send(sent)
    if answer.status_code != 200:
        # That a decision raises is a mistake of the business, and would be a 500.
        assert answer.status_code in {403, 422}, answer.get_body()
        return
    await way.pass_on()

    decider, given_ = way.category.decider, list(way.spec.given)
    before = decider.fold(decider.initial_state, given_)
    context = Context(way.at, way.spec.by, way.store.written[-1].command_id)
    new = decider.decision(sent, before, context)
    assert isinstance(new, tuple)
    assert way.events(told(answer)) == list(new)
    events = [*given_, *new]
    assert way.stored() == way.logged() == events
    assert [one.error for one in await way.parking.parked("projections")] == []
    await check_states(way, events)
    for view in OPEN.views:
        if view.folds(way.category.name):
            await check_rows(way, view, events)
    check_notifications(way, events)


async def check_states(way: Way, events: Sequence[Event]) -> None:
    """Read the state behind each version over HTTP, and out of a snapshot."""
    decider, snapshots = way.category.decider, way.category.snapshots
    for version in range(1, len(events) + 1):
        state = decider.fold(decider.initial_state, events[:version])
        assert await way.state(version) == state
        assert snapshots.read(snapshots.write(state)) == state


async def check_rows(way: Way, view: View[Any], events: Sequence[Event]) -> None:
    """Read the rows over HTTP and out of a rebuild, and find them by each of their fields."""
    folded: dict[str, Message] = {}
    for event in events:
        key = view.key(way.stream, event)
        folded[key] = view.evolve(folded.get(key, view.data_type()), event)
    for key, row in folded.items():
        assert await way.row(view, key) == row
        for asked in questions(row):
            assert key in await way.listed(view, **asked), asked
    rebuilt = {row.at.key: read(view.data_type, row.data) for row in await way.rebuilt(view)}
    assert rebuilt == folded


def questions(row: Message) -> Iterator[dict[str, str]]:
    """Ask for a row by each field alone, in every way that it can be asked for."""
    data = to_jsonable_python(row)
    for name, field in list_fields(type(row)).items():
        text = json.dumps(data[name]) if not isinstance(data[name], str) else data[name]
        if data[name] is None:
            yield {f"{name}.null": "true"}
            continue
        # The platform drops a parameter that is empty: an empty text is asked for with `.in`.
        for suffix in suffixes(field) if text else [".in"]:
            value = {".in": one_of(text), ".null": "false", ".prefix": text[:3]}.get(suffix, text)
            yield {f"{name}{suffix}": value}


def check_notifications(way: Way, events: Sequence[Event]) -> None:
    """Read what others are told; what an enricher looks up, it may not find."""
    enrichers = [one for one in domain.enrichers if one.category is way.category]
    expected = [
        (enricher.public, None if enricher.lookup else enricher.enrich(way.stream, event, {}))
        for event in events
        for enricher in enrichers
        if type(event) is enricher.event
    ]
    assert len(way.topic.published) == len(expected)
    for told_, (public, made) in zip(way.topic.published, expected, strict=True):
        assert made in (None, read(public, dict(told_.data)))
