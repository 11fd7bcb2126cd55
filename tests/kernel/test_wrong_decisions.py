"""What a decider must not return is told at the decision, by name, and to nobody but who asked."""

from dataclasses import replace
from typing import Any

import pytest

from shared.adapters.memory import MemoryEventStore
from shared.kernel.commands.application_service import ApplicationService
from shared.kernel.commands.decider import Decider
from shared.kernel.commands.outcome import Accepted, Unchanged
from shared.kernel.errors import WrongDecision, may_pass
from shared.kernel.messages.stream import StreamName
from tests.kernel.asking import asked, at_noon, no_pause
from tests.kernel.doors import DOOR, Closed, Open, Opened

FRONT = StreamName("door", "front")
RETURN = "return a tuple of events, () if there is nothing to do, or a Refusal"
WRONG: dict[str, tuple[Any, str]] = {
    "None": (None, f"category 'door': decide returned None for Open: {RETURN}"),
    "a bare event": (
        Opened(),
        f"category 'door': decide returned a bare Opened for Open: {RETURN}",
    ),
    "an event that is not listed": (
        (Closed(),),
        "category 'door': decide returned Closed, which is not in its `events`: add it there",
    ),
    "no event": (
        ("opened",),
        "category 'door': decide returned str, which is not in its `events`: add it there",
    ),
}


def deciding(decision: Any) -> tuple[ApplicationService, MemoryEventStore]:
    decider: Decider[Any, Any, Any] = Decider(
        None, lambda _command, _state: decision, lambda state, _event: state
    )
    store = MemoryEventStore()
    return ApplicationService(replace(DOOR, decider=decider), store, at_noon, no_pause), store


@pytest.mark.parametrize("name", WRONG)
async def test_a_wrong_decision_is_told_by_name_and_nothing_is_written(name: str) -> None:
    decision, sentence = WRONG[name]
    service, store = deciding(decision)

    with pytest.raises(WrongDecision) as raised:
        await service.handle(asked(Open(), "open", FRONT))

    assert str(raised.value) == sentence
    assert not may_pass(raised.value)
    assert store.commits() == []


async def test_events_in_a_list_and_no_events_are_decisions() -> None:
    (listed, _), (nothing, _) = deciding([Opened()]), deciding(())

    assert isinstance(await listed.handle(asked(Open(), "open", FRONT)), Accepted)
    assert isinstance(await nothing.handle(asked(Open(), "open", FRONT)), Unchanged)
