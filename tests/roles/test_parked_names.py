"""What belongs to no stream is parked under a name that no stream can have."""

from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from shared.adapters.names import CONSUMERS
from shared.kernel.delivery.parking import Parked, lost_messages, unreadable
from shared.kernel.errors import InvalidMessage
from shared.kernel.messages.stream import StreamName
from tests.kernel.asking import NOON
from tests.kernel.worlds import commit
from tests.roles.test_operators import DECISION
from tests.roles.wired import Wired


async def test_a_stream_may_be_named_as_what_belongs_to_none(wired: Wired) -> None:
    for name in ("unreadable-7", "lost-0-1"):
        stream: dict[str, Any] = {"stream": name}
        await wired.store.append([replace(commit(1), **stream)])
        await wired.parking.park(Parked("single_publisher", name, 1, 1, "a bug", NOON))
        assert (await wired.ask("publisher_release", DECISION, **stream))[0] == 200
    lost = lost_messages("reactions", 0, 1, 2, NOON)
    for named in (unreadable(b"{"), lost.stream):
        with pytest.raises(InvalidMessage):
            StreamName.parse(named)


KEPT_BY_OLDER_CODE = [
    *product(CONSUMERS, ["item", "Item-7", "item-a b"], [None]),
    # So older code named what belongs to no stream.
    *product(["projections", "single_publisher"], ["unreadable-7f", "lost-0-1"], [None]),
    *product(["mailbox", "webhooks"], ["waiting-1"], [None, {"excerpt": "{", "bytes": 9}]),
]


@pytest.mark.parametrize(("consumer", "stream", "kept"), KEPT_BY_OLDER_CODE)
async def test_a_marker_of_older_code_that_nothing_can_be_read_for_can_be_skipped(
    wired: Wired, consumer: str, stream: str, kept: dict[str, Any] | None
) -> None:
    publisher = consumer == "single_publisher"
    release, skip = (
        ("publisher_release", "publisher_skip") if publisher else ("release_parked", "skip_parked")
    )
    await wired.parking.park(Parked(consumer, stream, 1, 1, "x", NOON, kept))
    route: dict[str, Any] = {"consumer": consumer, "stream": stream}

    status, told = await wired.ask(release, DECISION, **route)
    assert (status, told["code"]) == (409, "still-poisonous")
    assert (await wired.ask(skip, {**DECISION, "from": 1}, **route))[0] == 200
    assert (await wired.ask("parked"))[1] == {"parked": []}
