"""Each mistake in a domain is told when it is assembled: where it is, by name, and what to do about it."""

from dataclasses import replace
from datetime import date
from enum import Enum
from functools import partial
from typing import Any

import pytest
from pydantic import Field

from shared.domain.shop import domain as shop
from shared.kernel.commands.decider import Refusal
from shared.kernel.domain import Domain
from shared.kernel.messages.message import Event, Message
from shared.kernel.views.view import View, everybody
from tests.kernel.doors import (
    DECIDER,
    DOOR,
    LATE,
    ROWS,
    Closed,
    Open,
    Opened,
    OpenOn,
    of,
    told,
    upcast,
)


def test_a_domain_without_a_mistake_is_assembled() -> None:
    rows = replace(ROWS, sorts=("text", "maybe", "onDay"))

    assert of(DOOR, rows, deadlines=(replace(LATE, view=rows),)).views == (rows,)


@pytest.mark.parametrize("name", ["Door", "door-step", "door_step", "2nd", "", "d" * 51])
def test_a_category_has_a_name_that_streams_can_carry(name: str) -> None:
    (sentence,) = told(lambda: of(replace(DOOR, name=name)))

    assert sentence == (
        f"category '{name}': a name that streams and routes can carry has 1 to 50 of a-z 0-9,"
        " the first a letter"
    )


@pytest.mark.parametrize("name", ["Doors", "doors~1", "doors:all", "doors/all", "", "d" * 51])
def test_a_view_has_a_name_that_routes_can_carry(name: str) -> None:
    (sentence,) = told(lambda: of(DOOR, replace(ROWS, name=name)))

    assert sentence == (
        f"view '{name}': a name that a route can carry has 1 to 50 of a-z 0-9 -, the first a letter"
    )


@pytest.mark.parametrize("sort", ["colour", "on_day", "price"])
def test_a_view_sorts_by_a_field_that_it_has(sort: str) -> None:
    (sentence,) = told(lambda: of(DOOR, replace(ROWS, sorts=(sort,))))

    assert sentence == (
        f"view 'doors' sorts by '{sort}', which is no scalar field of Shown, as JSON names them:"
        " text, total, lasts, maybe, onDay"
    )


@pytest.mark.parametrize(("sort", "kind"), [("total", "decimal"), ("lasts", "duration")])
def test_a_view_does_not_sort_by_what_has_no_order_as_a_text(sort: str, kind: str) -> None:
    (sentence,) = told(lambda: of(DOOR, replace(ROWS, sorts=(sort,))))

    assert sentence == (
        f"view 'doors' sorts by '{sort}', a {kind}: its texts do not sort as its values do: '9' is"
        " behind '10'; sort by an integer beside it, such as cents or seconds"
    )


def test_a_view_folds_categories_of_its_domain() -> None:
    foreign = shop.categories[0]

    assert told(lambda: of(DOOR, replace(ROWS, category=foreign))) == [
        f"view 'doors' folds category '{foreign.name}', which the domain lacks: add it there"
    ]
    assert told(lambda: of(DOOR, replace(ROWS, others=(foreign,)))) == [
        f"view 'doors' folds category '{foreign.name}', which the domain lacks: add it there"
    ]


def test_a_view_of_streams_that_are_not_for_everybody_says_who_may_read_it() -> None:
    closed = replace(DOOR, may_read=lambda actor, _state: actor == "ann")
    gate = replace(DOOR, name="gate", commands=(), process_commands=())
    sentence = (
        "view 'doors' shows all rows to everybody, and streams of category 'door' are not for everybody:"
        " give the view a `may_read`, or `may_read=everybody` (shared.kernel.views.view)"
    )
    for view in (replace(ROWS, category=closed), replace(ROWS, category=gate, others=(closed,))):
        made = partial(Domain, categories=(closed, gate))
        assert told(lambda made=made, view=view: made(views=(view,))) == [sentence]
        assert made(views=(replace(view, may_read=everybody),)).views


@pytest.mark.parametrize(
    "prefix", ["Org Curtain", "com.Example", "com..example", ".com", "", "a/b"]
)
def test_a_prefix_of_public_types_is_a_domain_name_backwards(prefix: str) -> None:
    (sentence,) = told(lambda: of(public_prefix=prefix))

    assert sentence == (
        f"`public_prefix` is '{prefix}': types of events begin with a domain name, backwards, in small"
        " letters, such as com.example"
    )


def test_a_view_folds_each_category_once() -> None:
    assert told(lambda: of(DOOR, replace(ROWS, others=(DOOR,)))) == [
        "view 'doors' folds category 'door' more than once: leave it out of its `others`"
    ]


def test_the_fields_of_rows_have_names_that_a_query_can_say() -> None:
    class Named(Message):
        day_of: str = ""
        dayof: str = ""
        from_: str = Field(default="", alias="day.from")

    rows: View[Any] = ROWS
    alone = "and another that differs in its case alone: rename one"
    assert told(lambda: of(DOOR, replace(rows, data_type=Named))) == [
        f"view 'doors' has a field 'dayOf', {alone}",
        f"view 'doors' has a field 'dayof', {alone}",
        "view 'doors' has a field 'day.from': filters cannot name it, so give it an alias without a dot",
    ]


def test_there_is_something_to_ask_and_something_that_may_happen() -> None:
    assert told(lambda: Domain(categories=(), views=())) == [
        "a domain has one category at least: nothing could be asked of it"
    ]
    assert told(lambda: of(replace(DOOR, events=(), upcasters={})))[0] == (
        "category 'door' lists no `events`: nothing could ever happen in it"
    )


def test_a_command_is_that_of_one_category() -> None:
    gate = replace(DOOR, name="gate", commands=(OpenOn,), process_commands=())

    assert told(lambda: Domain(categories=(DOOR, gate), views=())) == [
        "category 'gate' has the command OpenOn of category 'door': let each have a class of its own"
    ]


def test_the_data_of_a_row_has_defaults() -> None:
    class Named(Message):
        name: str
        note: str = ""

    rows: View[Any] = ROWS
    assert told(lambda: of(DOOR, replace(rows, data_type=Named))) == [
        "view 'doors': give name of Named a default: a row begins without an event"
    ]


def test_a_deadline_sends_a_command_that_needs_no_fields() -> None:
    late = replace(LATE, command=OpenOn)

    assert told(lambda: of(DOOR, ROWS, deadlines=(late,))) == [
        "deadline 'late' sends OpenOn without fields, and it needs on: send a command that needs none"
    ]


def test_a_deadline_waits_for_a_field_that_rows_have_and_a_value_that_they_may_hold() -> None:
    late = replace(LATE, waiting={"colour": "red", "onDay": "tomorrow", "text": 7})

    here = "deadline 'late' waits for"
    fields = "Shown, as JSON names them: text, total, lasts, maybe, onDay"
    day = "A day such as 2026-11-23 is expected."
    assert told(lambda: of(DOOR, ROWS, deadlines=(late,))) == [
        f"{here} 'colour', which is no scalar field of {fields}",
        f"{here} onDay = 'tomorrow', which no row holds: {day}",
        f"{here} text = 7, which no row holds: Input should be a valid string.",
    ]


def test_a_deadline_waits_for_values_as_json_has_them() -> None:
    class Status(Enum):
        OPEN = "open"

    class Kept(Message):
        status: Status = Status.OPEN
        on_day: date = date(2026, 11, 23)

    rows: View[Any] = ROWS
    rows = replace(rows, data_type=Kept)
    waiting: Any = {"status": Status.OPEN, "onDay": date(2026, 11, 23)}
    late = replace(LATE, view=rows, waiting=waiting)

    form = "which no row holds: Its form in JSON is expected, such as the value of an Enum."
    assert told(lambda: of(DOOR, rows, deadlines=(late,))) == [
        f"deadline 'late' waits for status = {Status.OPEN!r}, {form}",
        f"deadline 'late' waits for onDay = {date(2026, 11, 23)!r}, {form}",
    ]
    as_json = replace(late, waiting={"status": "open", "onDay": "2026-11-23"})
    assert of(DOOR, rows, deadlines=(as_json,)).deadlines


def test_an_event_that_may_be_decided_is_listed() -> None:
    def either(_command: Open, _state: None) -> tuple[Opened | Closed, ...] | Refusal:
        return ()

    category = replace(DOOR, decider=replace(DECIDER, decide=either))

    assert told(lambda: of(category)) == [
        "category 'door': decide may return Closed, which is not in its `events`: add it there"
    ]


def test_a_decision_may_be_annotated_by_a_base_of_the_events_or_not_at_all() -> None:
    def any_event(_command: Open, _state: None) -> tuple[Event, ...]:
        return ()

    def unknown(_command: Open, _state: None) -> "tuple[Nowhere, ...]":  # type: ignore[name-defined]  # noqa: F821
        return ()

    for other in (any_event, unknown, lambda _command, _state: ()):
        assert of(replace(DOOR, decider=replace(DECIDER, decide=other))).categories


def test_an_upcaster_reads_a_schema_that_there_was() -> None:
    (sentence,) = told(lambda: of(replace(DOOR, upcasters={**DOOR.upcasters, ("Open", 1): upcast})))
    assert sentence == ("category 'door' has an upcaster for Open, which is not in its `events`")
    (sentence,) = told(
        lambda: of(replace(DOOR, upcasters={**DOOR.upcasters, ("Opened", 2): upcast}))
    )
    assert sentence == (
        "category 'door' has an upcaster for Opened/2, and there is no such older schema: Opened has"
        " number 2"
    )


def test_all_mistakes_are_told_at_once() -> None:
    sentences = told(
        lambda: of(replace(DOOR, name="Door"), replace(ROWS, sorts=("colour", "total")))
    )

    assert [sentence.partition(" ")[0] for sentence in sentences] == [
        *("category", "view", "view", "view")
    ]
