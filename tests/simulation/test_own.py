"""The business that runs keeps every promise that any business has, whatever fails and in whatever order."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from shared.domain import shop
from shared.kernel.messages.envelope import envelopes
from shared.kernel.messages.message import Event
from shared.kernel.messages.stream import StreamName
from shared.kernel.reactions.receptor import Reaction as Caused
from tests.active import domain
from tests.simulation import own
from tests.simulation.bugs import BUGS
from tests.simulation.cloud import Cloud
from tests.simulation.own import (
    _folded,
    _untold,
    _without_effect,
    broken,
    move_in,
    streams,
)
from tests.simulation.planting import planted
from tests.simulation.stories import story
from tests.simulation.told import Told
from tests.simulation.virtual_time import run
from tests.simulation.world import Ending, ending
from tests.sizes import size
from tests.specs.all import REACTIONS, SPECS, TOLD
from tests.specs.spec import Reaction
from tests.specs.spec import Told as TellsOthers
from tests.specs.ways import category_of, history

SEEDS = size(12, 100)
RECEIVED = [one for one in REACTIONS if type(one.when) in {one.event for one in domain.receptors}]
FOUND = (
    "a refusal is told although the tail has moved",
    "a row does not notice what it has missed",
    "the publisher trusts the order of a page",
    "what the log lacks is sent to another partition",
)


@pytest.fixture(scope="module")
def endings() -> list[Ending]:
    return [ending(seed, own=True) for seed in range(SEEDS)]


def test_every_promise_is_kept_in_every_world_of_the_business(endings: list[Ending]) -> None:
    for one in endings:
        assert one.wrong == [], story(one)
    assert len(endings) == SEEDS
    assert all(one.commands for one in endings)
    assert all(one.fired for one in endings)


def test_every_category_with_a_spec_has_streams_there() -> None:
    assert {one.category for one in streams()} == {one.name for one in domain.categories}


@pytest.mark.skipif(domain is not shop.domain, reason="a small business meets few of them")
@pytest.mark.parametrize("name", FOUND)
def test_a_bug_of_the_machinery_is_found_there_too(name: str) -> None:
    (bug,) = (bug for bug in BUGS if bug.name == name)

    with planted(bug):
        assert any(ending(seed, own=True).wrong for seed in range(60))


@pytest.mark.parametrize("spec", REACTIONS, ids=lambda spec: spec.title)
def test_an_effect_that_nobody_decided_on_is_missed(spec: Reaction) -> None:
    written = tuple(envelopes(history(StreamName.parse(spec.of), [spec.when])[0]))

    async def missed() -> list[str]:
        cloud = Cloud()
        move_in(cloud)
        return list(_without_effect(cloud, written))

    assert len(run(missed())) == len(spec.then)


@pytest.mark.parametrize("spec", RECEIVED[:1], ids=lambda spec: spec.title)
def test_what_the_business_raises_is_told_with_its_event(
    spec: Reaction, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_stream: StreamName, _event: Event) -> Iterable[Caused]:
        raise ZeroDivisionError

    receptors = tuple(replace(one, react=fails) for one in domain.receptors)
    monkeypatch.setattr(own, "domain", replace(domain, receptors=receptors))

    async def found() -> list[str]:
        cloud, told = Cloud(), Told()
        move_in(cloud)
        await cloud.store.append(history(StreamName.parse(spec.of), [spec.when]))
        return broken(cloud, told)

    said = f"the business cannot handle {spec.of}@1: ZeroDivisionError: {__name__.replace('.', '/')}.py, line "
    assert [one for one in run(found()) if one.startswith(said)]


@pytest.mark.parametrize("spec", TOLD, ids=lambda spec: spec.title)
def test_what_others_were_not_told_is_missed(spec: TellsOthers) -> None:
    written = tuple(envelopes(history(StreamName.parse(spec.of), [spec.when])[0]))

    type_ = next(
        domain.public_type(one) for one in domain.enrichers if one.public is type(spec.then)
    )
    assert f"nobody was told of {spec.of}@1/{type_}" in _untold(Cloud(), written)


def test_rows_are_folded_of_all_that_is_given() -> None:
    spec = max(SPECS, key=lambda spec: len(spec.given))
    stream = StreamName(category_of(type(spec.when)).name, "1")
    written = [one for commit in history(stream, spec.given) for one in envelopes(commit)]

    rows = _folded(written)

    assert max((version for version, _ in rows.values()), default=0) == len(spec.given)
    assert {at for _, _, at in rows} <= {str(stream)}
