"""Functions of a business that give many: what gives one alone, nothing or something else is named."""

from typing import Any

import pytest

from shared.kernel.errors import ConfigurationError
from shared.kernel.messages.message import PublicEvent
from shared.kernel.messages.stream import StreamName
from shared.kernel.reactions.enricher import Enricher, Lookup
from shared.kernel.reactions.policy import Fact, Policy
from shared.kernel.reactions.receptor import Reaction, Receptor
from tests.kernel.doors import DOOR, ROWS, Open, Opened

STREAM = StreamName("door", "1")
REACTION = Reaction(STREAM, Open(), key="again")


def receptor(given: Any) -> Receptor[Opened]:
    return Receptor("causes", DOOR, Opened, DOOR, Open, lambda _stream, _event: given)


def policy(given: Any) -> Policy[Opened, Opened]:
    return Policy(
        "records", *(DOOR, Opened, DOOR, Opened, Open), lambda *_: given, lambda _: Open()
    )


def enricher(given: Any) -> Enricher[Opened, Any, PublicEvent]:
    lookup: Lookup[Any, Any] = Lookup(ROWS, lambda _stream, _event: given)
    return Enricher("tells", DOOR, Opened, PublicEvent, lambda *_: PublicEvent(link=""), lookup)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (None, "'causes' returned one NoneType: yield each item, or return a tuple"),
        (REACTION, "'causes' returned one Reaction: yield each item, or return a tuple"),
        ([Open()], "'causes' sends Open(), which is no Reaction"),
    ],
)
def test_a_receptor_gives_reactions(given: Any, said: str) -> None:
    assert receptor([REACTION]).reactions(STREAM, Opened()) == (REACTION,)

    with pytest.raises(ConfigurationError) as raised:
        receptor(given).reactions(STREAM, Opened())

    assert str(raised.value) == said


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (None, "'records' returned one NoneType: yield each item, or return a tuple"),
        ([Opened()], "'records' makes Opened(), which is no Fact"),
    ],
)
def test_a_policy_gives_facts(given: Any, said: str) -> None:
    fact = Fact(STREAM, Opened(), key="once")
    assert policy([fact]).facts(STREAM, Opened()) == (fact,)

    with pytest.raises(ConfigurationError) as raised:
        policy(given).facts(STREAM, Opened())

    assert str(raised.value) == said


def test_the_keys_of_a_lookup_are_many_and_a_text_is_not_its_letters() -> None:
    assert enricher(["a", "b", "a"]).keys(STREAM, Opened()) == ("a", "b")

    with pytest.raises(ConfigurationError) as raised:
        enricher("ann").keys(STREAM, Opened())

    assert str(raised.value) == (
        "'tells': `keys` of its lookup returned one str: yield each item, or return a tuple"
    )
