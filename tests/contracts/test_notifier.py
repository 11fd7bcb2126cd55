"""What every notifier promises."""

import pytest

from shared.kernel.errors import NotificationTooLarge
from shared.kernel.messages.notification import Notification, size_of
from tests.contracts.conftest import ReadableNotifier
from tests.kernel.asking import NOON


def told(number: int, text: str = "") -> Notification:
    return Notification(
        id=f"order-7@{number}/onewrite.order.confirmed.v1",
        source="/onewrite/order",
        type="onewrite.order.confirmed.v1",
        subject="order-7",
        time=NOON,
        sequence=number,
        correlationid="a chain",
        traceparent=f"00-{'1' * 32}-{'2' * 16}-01",
        data={"link": "/api/views/orders/7", "note": text},
    )


def by_id(published: list[Notification]) -> list[Notification]:
    # A topic promises no order.
    return sorted(published, key=lambda one: one.id)


async def test_what_is_published_arrives_as_it_was_told(notifier: ReadableNotifier) -> None:
    await notifier.port.publish([told(1, "tea, 茶"), told(2)])

    assert by_id(await notifier.published(2)) == [told(1, "tea, 茶"), told(2)]


async def test_what_is_published_again_has_the_same_id(notifier: ReadableNotifier) -> None:
    await notifier.port.publish([told(1)])
    await notifier.port.publish([told(1)])

    assert await notifier.published(2) == [told(1), told(1)]


async def test_more_than_fits_into_one_request_is_published_all_the_same(
    notifier: ReadableNotifier,
) -> None:
    many = [told(number, "x" * 300_000) for number in range(1, 8)]

    await notifier.port.publish(many)

    assert by_id(await notifier.published(7)) == many


async def test_the_largest_fits_and_one_byte_more_does_not(notifier: ReadableNotifier) -> None:
    room = notifier.port.largest - size_of(told(1))

    with pytest.raises(NotificationTooLarge):
        await notifier.port.publish([told(2), told(1, "x" * (room + 1))])
    await notifier.port.publish([told(1, "x" * room)])

    assert await notifier.published(1) == [told(1, "x" * room)]
