"""Operators say what a view is rebuilt from, and see how far it is."""

import pytest

from tests.consumers.rebuilding import ask
from tests.consumers.replay.archived import TICK, archived
from tests.kernel.asking import NOON


async def test_operators_say_what_a_view_is_rebuilt_from_and_see_how_far_it_is() -> None:
    desk = await archived()

    status, answer = await ask(desk, "POST", body=b'{"from": "log"}')
    assert (status, answer["phase"], answer["from"], answer["partitions"]) == (
        200,
        "filling",
        "log",
        [],
    )
    await desk.run(3 * TICK)
    _, answer = await ask(desk, "GET")
    assert answer["phase"] == "filling"
    (stage,) = answer["partitions"]
    assert (stage["end"], stage["reached"]) == (19, NOON)
    assert 0 < stage["events"] == stage["number"] + 1 < 20
    await desk.run()
    _, answer = await ask(desk, "GET")
    assert (answer["phase"], answer["partitions"][0]["events"]) == ("serving", 20)

    status, answer = await ask(desk, "POST", body=b'{"from": "store"}')
    assert (status, answer["from"], len(answer["ranges"])) == (200, "store", 2)


@pytest.mark.parametrize("body", [b"x", b'{"from": "tape"}', b'{"since": 1}', b"[]"])
async def test_an_order_that_is_none_begins_nothing(body: bytes) -> None:
    desk = await archived()

    status, answer = await ask(desk, "POST", body=body)

    assert (status, answer["code"]) == (400, "malformed")
    assert await desk.phase() == "done"
