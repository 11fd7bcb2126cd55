"""Who expects a version is told when the stream is elsewhere, and is never tried again on another."""

from dataclasses import replace

import pytest

from shared.domain.shop.item.commands import ReceiveStock, RegisterItem
from shared.kernel.commands.expected_version import Expected
from shared.kernel.commands.outcome import Accepted, Outdated
from tests.kernel.worlds import Interrupted, commit, received, request, reserve, service, stocked


@pytest.mark.parametrize("expected", [3, 9])
async def test_an_expected_version_inside_a_commit_or_ahead_of_the_tail_is_outdated(
    expected: int,
) -> None:
    store, handling = await stocked()
    await store.append([commit(5, received(1), received(2), received(3))])

    outcome = await handling.handle(replace(reserve(1), expected=Expected.at(expected)))

    assert outcome == Outdated(version=5)
    assert len(store.commits()) == 3


async def test_an_expected_version_that_this_host_has_not_seen_yet_is_met() -> None:
    store, here = await stocked()
    await service(store).handle(request(ReceiveStock(quantity=1), "elsewhere"))

    outcome = await here.handle(replace(reserve(1), expected=Expected.at(3)))

    assert isinstance(outcome, Accepted)


async def test_who_expects_a_version_is_not_tried_again_on_another() -> None:
    store, handling = await stocked()
    store.before = [[commit(3, received(1))]]

    outcome = await handling.handle(replace(reserve(1), expected=Expected.at(2)))

    assert outcome == Outdated(version=3)
    assert [one.command_id for one in store.commits()] == ["register", "receive", "command-3"]


async def test_a_repeat_of_a_command_with_an_expected_version_is_answered() -> None:
    store, handling = await stocked()
    first = await handling.handle(replace(reserve(1), expected=Expected.at(2)))
    await handling.handle(reserve(2))

    second = await handling.handle(replace(reserve(1), expected=Expected.at(2)))

    assert isinstance(first, Accepted)
    assert second == Accepted(first.commit, repeated=True)
    assert len(store.commits()) == 4


async def test_a_stream_that_must_not_exist_yet_is_begun_once() -> None:
    handling = service(Interrupted())
    register = RegisterItem(name="Teapot", reorder_point=2)

    first = await handling.handle(replace(request(register, "one"), expected=Expected.at(0)))
    second = await handling.handle(replace(request(register, "two"), expected=Expected.at(0)))

    assert isinstance(first, Accepted)
    assert second == Outdated(version=1)
