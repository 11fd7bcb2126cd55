"""A decision knows when it is made, for whom and under which id, and its commit says the same."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from shared.adapters.memory import MemoryEventStore
from shared.kernel.commands.application_service import ApplicationService
from shared.kernel.commands.context import Context, context_of
from shared.kernel.commands.decider import Decider, Refusal
from shared.kernel.commands.expected_version import Expected
from shared.kernel.commands.outcome import Accepted, Forbidden, Refused
from shared.kernel.commands.request import CommandRequest
from shared.kernel.errors import CommandIdReused, ConfigurationError
from shared.kernel.messages.commit import Commit
from shared.kernel.messages.derived_id import derived_id
from shared.kernel.messages.message import Command
from tests.kernel.asking import asked, at_noon, no_pause
from tests.kernel.lending import (
    BOOK,
    TERM,
    AddNote,
    Borrow,
    Borrowed,
    GiveBack,
    Remind,
    Renew,
    book,
)
from tests.kernel.worlds import Interrupted, together_with


class Clock:
    """A clock that goes on by an hour whenever somebody looks at it."""

    def __init__(self) -> None:
        self.looks = 0

    def __call__(self) -> Any:
        self.looks += 1
        return at_noon() + timedelta(hours=self.looks)


def by(actor: str | None, command: Command, key: str) -> CommandRequest:
    request = asked(command, key, BOOK)
    return replace(request, metadata=replace(request.metadata, actor=actor))


def service(store: MemoryEventStore, now: Callable[[], Any] = at_noon) -> ApplicationService:
    return ApplicationService(book, store, now, no_pause)


async def test_a_decision_knows_its_time_its_actor_and_its_id() -> None:
    store = MemoryEventStore()

    outcome = await service(store).handle(by("ann", Borrow(), "k1"))

    assert isinstance(outcome, Accepted)
    (recorded,) = outcome.commit.events
    assert book.decode(recorded.type, 1, recorded.data) == Borrowed(
        by="ann", until=at_noon() + TERM, loan="k1"
    )
    assert context_of(
        outcome.commit.command_id, outcome.commit.metadata, outcome.commit.time
    ) == Context(at_noon(), "ann", "k1")


def until(commit: Commit) -> Any:
    (recorded,) = commit.events
    borrowed = book.decode(recorded.type, 1, recorded.data)
    assert isinstance(borrowed, Borrowed)
    return borrowed.until


async def test_a_repeat_is_answered_as_first_decided_though_the_clock_went_on() -> None:
    store, clock = MemoryEventStore(), Clock()
    handling = service(store, clock)

    first = await handling.handle(by("ann", Borrow(), "k1"))
    again = await handling.handle(by("ann", Borrow(), "k1"))
    cold = await service(store, clock).handle(by("ann", Borrow(), "k1"))

    assert isinstance(first, Accepted)
    assert again == cold == replace(first, repeated=True)
    assert len(store.written) == 1


async def test_a_lost_race_is_decided_again_at_the_time_of_its_commit() -> None:
    store, clock = Interrupted(), Clock()
    note = Interrupted()
    await service(note).handle(by("bob", AddNote(), "rival"))
    store.before = [note.written]

    outcome = await service(store, clock).handle(by("ann", Borrow(), "k1"))

    assert isinstance(outcome, Accepted)
    assert (clock.looks, outcome.version) == (2, 2)
    assert until(outcome.commit) == at_noon() + timedelta(hours=2) + TERM
    assert datetime.fromisoformat(outcome.commit.time) == at_noon() + timedelta(hours=2)


async def test_a_write_whose_answer_is_lost_stays_as_it_was_decided() -> None:
    store, clock = Interrupted(), Clock()
    store.lose_answers = 1

    outcome = await service(store, clock).handle(by("ann", Borrow(), "k1"))

    assert isinstance(outcome, Accepted)
    assert [outcome.commit] == store.written
    assert until(outcome.commit) == at_noon() + timedelta(hours=1) + TERM


async def test_in_a_batch_each_command_has_its_own_actor_and_id() -> None:
    store = Interrupted()
    handling = service(store)

    asked_for = [by("ann", Borrow(), "k1"), by("bob", Borrow(), "k2"), by("ann", Renew(), "k3")]
    first = by("cid", AddNote(), "first")
    lent, refused, renewed = await together_with(store, handling, first, asked_for)

    assert store.requests.count("append") == 1
    assert isinstance(lent, Accepted)
    assert lent.commit.events[0].data["loan"] == "k1"
    assert isinstance(refused, Refused)
    assert isinstance(renewed, Accepted)
    assert [one.metadata.actor for one in store.written] == ["cid", "ann", "ann"]


@pytest.mark.parametrize("actor", ["bob", None])
async def test_who_may_not_writes_nothing(actor: str | None) -> None:
    store = MemoryEventStore()
    handling = service(store)
    await handling.handle(by("ann", Borrow(), "k1"))

    outcome = await handling.handle(by(actor, GiveBack(), "k2"))

    assert outcome == Forbidden(version=1)
    assert len(store.written) == 1
    # Who may not is told that, and not whether it would be outdated.
    late = replace(by(actor, GiveBack(), "k3"), expected=Expected.at(7))
    assert await handling.handle(late) == Forbidden(version=1)


async def test_whether_somebody_may_is_asked_in_the_state_that_is_decided_on() -> None:
    store = MemoryEventStore()
    here, there = service(store), service(store)
    await here.handle(by("ann", Borrow(), "k1"))
    await there.handle(by("ann", AddNote(), "k2"))
    await here.handle(by("ann", GiveBack(), "k3"))
    await here.handle(by("bob", Borrow(), "k4"))

    # There, ann still has it.
    assert isinstance(await there.handle(by("bob", GiveBack(), "k5")), Accepted)
    assert isinstance(await there.handle(by("ann", Borrow(), "k1")), Accepted)


async def test_what_took_effect_is_told_to_its_actor_who_may_no_more_and_to_nobody_else() -> None:
    store = MemoryEventStore()
    handling = service(store)
    await handling.handle(by("ann", Borrow(), "k1"))
    first = await handling.handle(by("ann", GiveBack(), "k2"))
    await handling.handle(by("bob", Borrow(), "k3"))

    assert await handling.handle(by("ann", GiveBack(), "k2")) == replace(first, repeated=True)  # type: ignore[arg-type]
    with pytest.raises(CommandIdReused):
        await handling.handle(by("bob", GiveBack(), "k2"))


async def test_what_an_event_causes_is_not_asked_about() -> None:
    store = MemoryEventStore()
    handling = service(store)
    await handling.handle(by("ann", Borrow(), "k1"))

    # Even with a route: the business itself asks for it.
    for command in (Remind(), GiveBack()):
        id_ = derived_id("book-emma@1", type(command).__name__, BOOK, "")
        assert isinstance(await handling.handle(by("reaction x", command, id_)), Accepted)


async def test_a_hook_that_fails_hurts_only_who_asked() -> None:
    store = Interrupted()

    def picky(actor: str | None, _command: Command, _book: object) -> bool:
        return actor != "bob" or bool(1 / 0)

    handling = ApplicationService(replace(book, allow=picky), store, at_noon, no_pause)
    asked_for = [by("bob", AddNote(), "k1"), by("ann", AddNote(), "k2")]
    first = by("cid", AddNote(), "first")
    failed, noted = await together_with(store, handling, first, asked_for)

    assert isinstance(failed, ZeroDivisionError)
    assert isinstance(noted, Accepted)


def fine(_command: object, _state: object) -> tuple[()]:
    return ()


def optional(_command: object, _state: object, context: Context | None = None) -> Refusal:
    return Refusal("knows" if context else "lacks", "")


def test_a_decision_of_two_parameters_is_not_given_a_context() -> None:
    plain: Decider[object, object, None] = Decider(None, fine, lambda state, _event: state)
    knowing: Decider[object, object, None] = Decider(None, optional, lambda state, _event: state)

    assert plain.decision(None, None, None) == ()
    context = Context(at_noon(), None, "k")
    assert knowing.decision(None, None, context) == Refusal("knows", "")


def test_a_decision_of_other_parameters_is_told_at_start() -> None:
    with pytest.raises(ConfigurationError, match="command, state and context"):
        Decider(None, lambda _command: (), lambda state, _event: state)  # type: ignore[arg-type]
