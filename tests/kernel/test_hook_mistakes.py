"""Functions that do not take what they are given, and types of another kind, are told at the start."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any, cast

import pytest

from shared.kernel.commands.snapshot import Snapshots
from shared.kernel.domain import Domain
from shared.kernel.messages.inbound_event import InboundReceptor, OutsideData
from shared.kernel.messages.message import Message, PublicEvent
from shared.kernel.reactions.enricher import Enricher, Lookup
from shared.kernel.reactions.policy import Policy
from shared.kernel.reactions.receptor import Receptor
from tests.kernel.doors import DECIDER, DOOR, LATE, ROWS, Open, Opened, of, told


class Told(PublicEvent):
    """What others are told."""


def none() -> None:
    """Take nothing."""


def pair(_one: object, _other: object) -> Any:
    return ()


NONE = cast("Any", none)
PAIR = cast("Any", pair)
UNKNOWN = "which is no scalar field of Shown, as JSON names them: text, total, lasts, maybe, onDay"
TAKES_NONE = Snapshots("door/1", type(None), {"door/0": NONE})
TELLS = Enricher("tells", DOOR, Opened, Told, NONE, Lookup(ROWS, NONE))
CAUSES = Receptor("causes", DOOR, Opened, DOOR, Open, NONE)
RECORDS = Policy("records", DOOR, Opened, DOOR, Opened, Open, NONE, NONE)
HEARS = InboundReceptor("hears", "com.example.seen", OutsideData, DOOR, Open, PAIR)

HOOKS: dict[str, tuple[Callable[[], Domain], list[str]]] = {
    "category": (
        lambda: of(
            replace(
                DOOR,
                decider=replace(DECIDER, evolve=NONE),
                allow=PAIR,
                may_read=NONE,
                upcasters={("Opened", 1): PAIR},
                snapshots=TAKES_NONE,
            )
        ),
        [
            "category 'door': `evolve` is given (state, event), and takes ()",
            "category 'door': `allow` is given (actor, command, state), and takes (_one, _other)",
            "category 'door': `may_read` is given (actor, state), and takes ()",
            "category 'door': `upcasters[(\"Opened\", 1)]` is given (data), and takes (_one, _other)",
            "category 'door': `snapshots.upcasters[\"door/0\"]` is given (state), and takes ()",
        ],
    ),
    "view": (
        lambda: of(DOOR, replace(ROWS, evolve=NONE, key=NONE, read=NONE, may_read=PAIR)),
        [
            "view 'doors': `evolve` is given (data, event), and takes ()",
            "view 'doors': `key` is given (stream, event), and takes ()",
            "view 'doors': `read` is given (category, envelope), and takes ()",
            "view 'doors': `may_read` is given (actor), and takes (_one, _other)",
        ],
    ),
    "what follows": (
        lambda: of(
            DOOR,
            ROWS,
            receptors=(CAUSES,),
            policies=(RECORDS,),
            enrichers=(TELLS,),
            inbound=(HEARS,),
        ),
        [
            "receptor 'causes': `react` is given (stream, event), and takes ()",
            "policy 'records': `decide` is given (stream, event), and takes ()",
            "policy 'records': `record` is given (fact), and takes ()",
            "enricher 'tells': `enrich` is given (stream, event, found), and takes ()",
            "enricher 'tells': `lookup.keys` is given (stream, event), and takes ()",
            "receptor 'hears': `react` is given (data), and takes (_one, _other)",
        ],
    ),
    "no function": (
        lambda: of(replace(DOOR, allow=cast("Any", "ann"))),
        ["category 'door': `allow` is 'ann', and no function of (actor, command, state)"],
    ),
}


@pytest.mark.parametrize(("make", "wanted"), HOOKS.values(), ids=list(HOOKS))
def test_a_function_takes_what_it_is_given(make: Callable[[], Domain], wanted: list[str]) -> None:
    assert told(make) == wanted


def test_a_function_that_is_built_in_need_not_tell_what_it_takes() -> None:
    assert of(replace(DOOR, upcasters={("Opened", 1): dict}), ROWS).views == (ROWS,)


@pytest.mark.parametrize("field", ["colour", "on_day", "price"])
def test_a_condition_names_fields_that_rows_have(field: str) -> None:
    rows = replace(ROWS, may_read=lambda actor: actor == "ann" or {field: actor or ""})

    assert told(lambda: of(DOOR, rows)) == [f"view 'doors': `may_read` names '{field}', {UNKNOWN}"]


def test_a_condition_may_know_who_there_is() -> None:
    people = {"ann": "red"}
    rows = replace(ROWS, may_read=lambda actor: {"text": people[actor or ""]})

    assert of(DOOR, rows).views == (rows,)


def test_a_condition_is_one() -> None:
    rows = replace(ROWS, may_read=cast("Any", lambda actor: None if actor else True))

    said = "returned None for 'somebody': return True, False or the values that fields of a row must hold"
    assert told(lambda: of(DOOR, rows))[0] == f"view 'doors': `may_read` {said}"


def test_a_condition_wants_values_as_json_has_them() -> None:
    rows = replace(ROWS, may_read=lambda _actor: cast("Any", {"onDay": date.min}))

    assert told(lambda: of(DOOR, rows)) == [
        (
            f"view 'doors': `may_read` wants onDay = {date.min!r}, which no row holds: give its form in JSON,"
            " such as the value of an Enum"
        )
    ]


NO_EVENT = "which is no Event: let it inherit from Event"
NO_PUBLIC_EVENT = "which is no PublicEvent: let it inherit from PublicEvent"
NO_DATA = "which is no OutsideData: let it inherit from OutsideData"
NO_COMMAND = "which is no Command: let it inherit from Command"
MESSAGE = cast("Any", Message)
KINDS: dict[str, tuple[Callable[[], Any], list[str]]] = {
    "category": (
        lambda: replace(DOOR, events=(MESSAGE,), commands=MESSAGE, process_commands=(MESSAGE,)),
        [
            f"category 'door': `events` has Message, {NO_EVENT}",
            "category 'door': `commands` is Message, and no tuple: one alone is written (Message,)",
            f"category 'door': `process_commands` has Message, {NO_COMMAND}",
        ],
    ),
    "what follows": (
        lambda: of(
            DOOR,
            replace(ROWS, data_type=cast("Any", dict)),
            receptors=(replace(CAUSES, event=MESSAGE, command=MESSAGE),),
            policies=(replace(RECORDS, event=MESSAGE, fact=MESSAGE, command=MESSAGE),),
            deadlines=(replace(LATE, since=MESSAGE, command=MESSAGE),),
            enrichers=(replace(TELLS, event=MESSAGE, public=MESSAGE),),
            inbound=(replace(HEARS, data=cast("Any", dict), command=MESSAGE),),
        ),
        [
            "view 'doors': `data_type` has dict, which is no Message: let it inherit from Message",
            f"receptor 'causes': `event` has Message, {NO_EVENT}",
            f"receptor 'causes': `command` has Message, {NO_COMMAND}",
            f"policy 'records': `event` has Message, {NO_EVENT}",
            f"policy 'records': `fact` has Message, {NO_EVENT}",
            f"policy 'records': `command` has Message, {NO_COMMAND}",
            f"deadline 'late': `command` has Message, {NO_COMMAND}",
            f"deadline 'late': `since` has Message, {NO_EVENT}",
            f"enricher 'tells': `event` has Message, {NO_EVENT}",
            f"enricher 'tells': `public` has Message, {NO_PUBLIC_EVENT}",
            f"receptor 'hears': `data` has dict, {NO_DATA}",
            f"receptor 'hears': `command` has Message, {NO_COMMAND}",
        ],
    ),
}


@pytest.mark.parametrize(("make", "wanted"), KINDS.values(), ids=list(KINDS))
def test_a_type_is_of_the_kind_that_is_asked_for(
    make: Callable[[], object], wanted: list[str]
) -> None:
    assert told(make) == wanted
