"""Whose a command id is: a client's key and the id of what an event causes never meet, and each is one asker's."""

from dataclasses import replace

import pytest

from shared.domain.shop import domain
from shared.domain.shop.item.commands import ChangeReorderPoint, ReceiveStock
from shared.kernel.commands.outcome import Accepted
from shared.kernel.commands.queued_command import encode_command, request_of, stream_of
from shared.kernel.commands.request import CommandRequest
from shared.kernel.errors import CommandIdReused, InvalidMessage
from shared.kernel.messages.derived_id import derived_id, fact_id
from tests.kernel.asking import NOON
from tests.kernel.worlds import TEAPOT, request, service, stocked

CAUSED = derived_id("order-A@4", "release-cancelled", TEAPOT, "teapot")


def caused_by(event_id: str, actor: str, command_id: str = CAUSED) -> CommandRequest:
    asked = request(ReceiveStock(quantity=1), command_id)
    metadata = replace(asked.metadata, causation_id=event_id, actor=actor)
    return replace(asked, metadata=metadata)


@pytest.mark.parametrize("id_", [CAUSED, fact_id("replenish", TEAPOT, "1")])
async def test_an_id_that_an_event_gives_is_not_answered_by_what_a_client_stored(id_: str) -> None:
    store, handling = await stocked()
    await handling.handle(request(ChangeReorderPoint(reorder_point=3), id_))

    with pytest.raises(CommandIdReused):
        await handling.handle(caused_by("order-A@4", "reaction release-cancelled", id_))
    assert len(store.commits()) == 3


async def test_a_caused_command_is_answered_by_what_names_its_event_and_its_reaction() -> None:
    store, handling = await stocked()
    first = await handling.handle(caused_by("order-A@4", "reaction release-cancelled"))

    again = await service(store).handle(caused_by("order-A@4", "reaction release-cancelled"))

    assert isinstance(first, Accepted)
    assert again == Accepted(first.commit, repeated=True)
    for event, reaction in [("order-A@5", "release-cancelled"), ("order-A@4", "release-late")]:
        with pytest.raises(CommandIdReused):
            await handling.handle(caused_by(event, f"reaction {reaction}"))


async def test_a_fact_is_answered_by_what_was_made_of_another_event() -> None:
    _, handling = await stocked()
    id_ = fact_id("replenish", TEAPOT, "1")
    first = await handling.handle(caused_by("item-A@4", "reaction replenish", id_))

    again = await handling.handle(caused_by("item-A@9", "reaction replenish", id_))

    assert isinstance(first, Accepted)
    assert again == Accepted(first.commit, repeated=True)


async def test_no_command_waits_under_an_id_that_events_give() -> None:
    waiting, _ = stream_of(encode_command(request(ReceiveStock(quantity=1), CAUSED), NOON))

    with pytest.raises(InvalidMessage, match="none that a client can give"):
        request_of(waiting, domain)


class ReceiveStockOfTomorrow(ReceiveStock):
    """The command as a later deployment reads it."""

    note: str = "none"


ReceiveStockOfTomorrow.__name__ = "ReceiveStock"


async def test_a_deployment_that_adds_a_field_answers_the_retry_of_what_it_did_not_know() -> None:
    store, handling = await stocked()
    received = {"quantity": 7}
    before = replace(request(ReceiveStock(quantity=7), "k"), received=received)
    first = await handling.handle(before)

    after = replace(before, command=ReceiveStockOfTomorrow(quantity=7))
    again = await service(store).handle(after)

    assert isinstance(first, Accepted)
    assert again == Accepted(first.commit, repeated=True)


async def test_what_waits_is_the_same_command_as_what_does_not() -> None:
    direct = replace(request(ReceiveStock(quantity=7), "k"), received={"quantity": 7})

    waited = request_of(stream_of(encode_command(direct, NOON))[0], domain)

    assert waited.digest == direct.digest


async def test_the_same_key_of_another_actor_is_another_command() -> None:
    store, handling = await stocked()
    asked = request(ReceiveStock(quantity=7), "k")
    anns, bobs = (replace(asked, metadata=replace(asked.metadata, actor=who)) for who in ("a", "b"))
    first = await handling.handle(anns)

    again = await handling.handle(anns)

    assert isinstance(first, Accepted)
    assert again == Accepted(first.commit, repeated=True)
    assert first.commit.metadata.actor == "a"
    for other in (bobs, asked):
        with pytest.raises(CommandIdReused):
            await service(store).handle(other)
