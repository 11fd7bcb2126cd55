"""Facts of every type come back equal, whichever way they go, and are found by each of their fields."""

import asyncio
from collections.abc import Awaitable, Callable
from enum import Enum

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic_core import to_jsonable_python

from emulators.tests.serving import Services
from shared.kernel.views.fields import list_fields
from tests.wire.every_type import SORTS, Book, Facts, Recorded, evolve
from tests.wire.every_way import HEARD, Place, in_memory, on_emulators, one_of
from tests.wire.values import values

FACTS = values(Facts)


async def check_every_way(place: Place, first: Facts, second: Facts) -> None:
    """Send facts every way, twice: the second commit carries a snapshot."""
    states = [evolve(Book(), Recorded(facts=first))]
    states.append(evolve(states[0], Recorded(facts=second)))

    assert await place.sent(first) == first
    await place.queued(second)
    await place.heard(first)

    assert await place.stored(place.stream) == [first, second]
    assert (await place.stored(HEARD))[-1] == first
    assert await place.state() == (states[1], 0)
    assert [await place.state_at(1), await place.state_at(2)] == states
    await place.passed_on()
    assert await place.row() == second
    assert await place.rebuilt() == second
    assert place.notified() == [second, second]
    assert not await place.parking.parked("projections")
    await check_filters(place, second)


async def check_filters(place: Place, facts: Facts) -> None:
    """Find the row by each field alone, in every way that it can be asked for."""
    row = to_jsonable_python(facts)
    for name, field in list_fields(Facts).items():
        value = row[name]
        if value is None:
            assert place.id in await place.listed(**{f"{name}.null": "true"})
            assert place.id not in await place.listed(**{f"{name}.null": "false"})
            continue
        text = str(value).lower() if isinstance(value, bool) else str(value)
        asked = {
            "=": {name: text},
            "in": {f"{name}.in": one_of(text, text)},
            ">=": {f"{name}.from": text},
            "<=": {f"{name}.to": text},
            "prefix": {f"{name}.prefix": text[:3]},
            "null": {f"{name}.null": "false"},
        }
        # The platform drops a parameter that is empty: an empty text is asked for with `.in`.
        for operator in field.operators if text else {"in", "null"} & set(field.operators):
            assert place.id in await place.listed(**asked[operator], limit="100"), asked[operator]


def order(facts: Facts, sort: str) -> tuple[bool, object]:
    """Give what facts are sorted by: the value itself, not its text."""
    names = {info.alias or name: name for name, info in Facts.model_fields.items()}
    value = getattr(facts, names[sort])
    return value is not None, value.value if isinstance(value, Enum) else value


async def check_sorts(place: Place, many: list[Facts]) -> None:
    """List rows by each field that lists can be sorted by, page by page."""
    facts = {f"K{number:02}": one for number, one in enumerate(many)}
    for key, one in facts.items():
        await place.has_row(key, one)
    for sort in SORTS:
        keys = sorted(facts, key=lambda key: (*order(facts[key], sort), key))
        assert await place.walked(sort=sort) == keys, sort
        assert await place.walked(sort=f"-{sort}") == keys[::-1], sort


def check(held: Callable[[Place], Awaitable[None]], services: Services | None) -> None:
    """Check it on the emulators, or in memory."""

    async def live() -> None:
        if services is None:
            await held(in_memory())
            return
        async with on_emulators(services) as place:
            await held(place)

    asyncio.run(live())


IN_MEMORY = settings(max_examples=25, deadline=None)
ON_EMULATORS = settings(
    max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@IN_MEMORY
@given(first=FACTS, second=FACTS)
def test_facts_come_back_equal_from_everywhere(first: Facts, second: Facts) -> None:
    check(lambda place: check_every_way(place, first, second), None)


@ON_EMULATORS
@given(first=FACTS, second=FACTS)
def test_facts_come_back_equal_from_the_store_itself(
    services: Services, first: Facts, second: Facts
) -> None:
    check(lambda place: check_every_way(place, first, second), services)


@IN_MEMORY
@given(many=st.lists(FACTS, min_size=3, max_size=6))
def test_rows_are_sorted_as_their_values_are(many: list[Facts]) -> None:
    check(lambda place: check_sorts(place, many), None)


@ON_EMULATORS
@given(many=st.lists(FACTS, min_size=3, max_size=6))
def test_the_store_itself_sorts_rows_as_their_values_are(
    services: Services, many: list[Facts]
) -> None:
    check(lambda place: check_sorts(place, many), services)
