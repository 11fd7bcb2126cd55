"""A command that can never be decided fails for good, and its outcome says no more than clients may know."""

from typing import Any

import pytest

from shared.adapters.memory import MemoryEventStore
from shared.domain.shop.item.commands import RegisterItem
from shared.kernel.commands.request import CommandRequest
from shared.kernel.errors import (
    EventTooLarge,
    NumberTooLarge,
    OnewriteError,
    Poison,
    StoreRefused,
    StreamFull,
    UnreadableEvent,
)
from shared.kernel.ports import Appended, Collided
from tests.consumers.mailboxes import REGISTER, World, waiting
from tests.kernel.worlds import TEAPOT

SECRET = "https://account.documents.azure.com:443/"


@pytest.fixture
def world() -> World:
    return World()


async def test_a_bug_of_a_decider_fails_the_command_that_meets_it(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    async def bug(_request: CommandRequest) -> Any:
        raise ZeroDivisionError("secret")

    mailbox = world.mailbox
    mailbox.dispatcher._handlers[RegisterItem] = bug
    await mailbox.handle([waiting(REGISTER, "c1")])

    kept = await world.outcomes.read(str(TEAPOT), "c1")
    assert kept is not None
    assert (kept.code, kept.detail) == ("internal", "The fault is ours. It has been logged.")
    assert "item-teapot: command 'c1' fails for good" in caplog.text
    assert "ZeroDivisionError: secret" in caplog.text


@pytest.mark.parametrize(
    "error",
    [
        StoreRefused(SECRET),
        StreamFull(SECRET),
        EventTooLarge(SECRET),
        NumberTooLarge(SECRET),
        UnreadableEvent(SECRET),
        Poison(SECRET, 1, ValueError(SECRET)),
    ],
    ids=lambda error: error.code,
)
async def test_what_an_error_says_is_logged_and_kept_of_no_command(
    error: OnewriteError, caplog: pytest.LogCaptureFixture
) -> None:
    class Refusing(MemoryEventStore):
        async def append(self, _commits: object) -> Appended | Collided:
            raise error

    world = World(store=Refusing())

    await world.mailbox.handle([waiting(REGISTER, "c1")])

    kept = await world.outcomes.read(str(TEAPOT), "c1")
    assert kept is not None
    assert (kept.kind, kept.code) == ("failed", error.code)
    assert SECRET not in kept.detail
    assert kept.detail.endswith(".")
    assert SECRET in caplog.text
