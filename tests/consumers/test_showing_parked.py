"""Operators see what is parked, where, and why."""

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

from shared.adapters.http.answering import answered
from shared.adapters.http.parked_streams_endpoint import list_parked
from shared.adapters.memory import MemoryParking
from shared.kernel.delivery.parking import Parked
from shared.kernel.errors import StoreUnavailable
from tests.consumers.operating import parked_by_a_bug, told
from tests.consumers.worlds import held


async def test_what_is_parked_is_shown_with_the_error() -> None:
    world = await parked_by_a_bug()

    (shown,) = told(await list_parked(world.parking))["parked"]

    assert (shown["consumer"], shown["stream"]) == ("projections", "item-bad")
    assert (shown["from"], shown["lastSeen"]) == (4, 6)
    assert "ZeroDivisionError" in shown["error"]


async def test_what_a_stream_is_parked_at_is_shown_to_whoever_asks_for_it() -> None:
    world = await parked_by_a_bug()

    (listed,) = told(await list_parked(world.parking))["parked"]
    asked_for = {"consumer": "projections", "stream": "item-bad"}
    shown = told(await list_parked(world.parking, asked_for))

    assert "envelope" not in listed
    assert shown.pop("envelope")["id"] == "item-bad@4"
    assert shown == listed
    absent = await answered(list_parked(world.parking, {**asked_for, "consumer": "reactions"}))
    assert absent.status_code == 404


async def test_what_is_parked_is_shown_page_by_page() -> None:
    parking = MemoryParking()
    for consumer in ("webhooks", "projections"):
        for number in range(130):
            stream = f"item-{number:03}"
            await parking.park(replace(held(stream, 1), consumer=consumer))
    found: list[tuple[str, str]] = []
    page = told(await list_parked(parking))

    while True:
        assert len(page["parked"]) <= 100
        found += [(one["consumer"], one["stream"]) for one in page["parked"]]
        if "next" not in page:
            break
        after = parse_qs(urlsplit(page["next"]).query)["after"][0]
        page = told(await list_parked(parking, {"after": after}))

    assert found == [
        (consumer, f"item-{number:03}")
        for consumer in ("projections", "webhooks")
        for number in range(130)
    ]
    wrong = await answered(list_parked(parking, {"after": "nobody/item-1"}))
    assert wrong.status_code == 400


async def test_a_store_that_does_not_answer_is_told_to_whoever_looks() -> None:
    class Away(MemoryParking):
        async def parked(self, *_: object) -> list[Parked]:
            raise StoreUnavailable("not now")

    assert (await answered(list_parked(Away()))).status_code == 503
