"""Which events a subscription gets, one filter after the other, and which filters are refused."""

from typing import Any

import pytest
from azure.core.messaging import CloudEvent

from emulators.tests.event_grid.grids import Grid, cloud_event, grid_event, subscription
from emulators.tests.event_grid.webhooks import Webhook

EVENTS: dict[str, Any] = {
    "rice": {
        "type": "TankRanLow",
        "subject": "tank-RICE",
        "data": {"name": "Rice", "left": 3, "open": True, "shop": {"city": "Rome"}},
    },
    "tea": {
        "type": "TankRanLow",
        "subject": "tank-tea",
        "data": {"name": "Green tea", "left": 5.5, "open": False, "shop": None},
    },
    "valve": {"type": "ValveOpened", "subject": "valve-1", "data": {"left": "3", "open": 1}},
}


def advanced(operator: str, key: str, *values: Any) -> dict[str, Any]:
    """Describe a filter of one advanced filter; a single value that is no string is not in a list."""
    one = operator in {"NumberGreaterThan", "NumberLessThan", "BoolEquals"}
    given = {"value": values[0]} if one else {"values": list(values)} if values else {}
    return {"advancedFilters": [{"operatorType": operator, "key": key, **given}]}


FILTERS: list[tuple[dict[str, Any], set[str]]] = [
    ({}, {"rice", "tea", "valve"}),
    ({"includedEventTypes": ["ValveOpened"]}, {"valve"}),
    ({"includedEventTypes": ["All"]}, {"rice", "tea", "valve"}),
    ({"includedEventTypes": ["Valve"]}, set()),
    ({"subjectBeginsWith": "TANK-"}, {"rice", "tea"}),
    ({"subjectEndsWith": "-rice"}, {"rice"}),
    ({"subjectBeginsWith": "tank-", "subjectEndsWith": "a"}, {"tea"}),
    ({"subjectEndsWith": "-rice", "isSubjectCaseSensitive": True}, set()),
    ({"subjectEndsWith": "-RICE", "isSubjectCaseSensitive": True}, {"rice"}),
    (advanced("StringIn", "data.name", "rice", "bread"), {"rice"}),
    (advanced("StringNotIn", "data.name", "RICE"), {"tea", "valve"}),
    (advanced("StringContains", "data.name", "n T", "nothing"), {"tea"}),
    (advanced("StringBeginsWith", "data.name", "r"), {"rice"}),
    (advanced("StringEndsWith", "data.name", "TEA"), {"tea"}),
    (advanced("StringIn", "data.shop.city", "rome"), {"rice"}),
    (advanced("StringIn", "Subject", "valve-1"), {"valve"}),
    (advanced("StringIn", "region", "west"), {"valve"}),
    (advanced("NumberIn", "data.left", 3, 4), {"rice"}),
    (advanced("NumberIn", "data.open", 1), {"valve"}),
    (advanced("NumberGreaterThan", "data.left", 3), {"tea"}),
    (advanced("NumberLessThan", "data.left", 5.5), {"rice"}),
    (advanced("BoolEquals", "data.open", True), {"rice"}),
    (advanced("BoolEquals", "data.open", False), {"tea"}),
    (advanced("IsNullOrUndefined", "data.shop"), {"tea", "valve"}),
    (advanced("IsNotNull", "data.shop"), {"rice"}),
    (
        {
            "subjectBeginsWith": "tank",
            "advancedFilters": [
                {"operatorType": "IsNotNull", "key": "data.left"},
                {"operatorType": "NumberGreaterThan", "key": "data.left", "value": 4},
            ],
        },
        {"tea"},
    ),
]
OTHER_OPERATORS = ("NumberNotIn", "NumberInRange", "StringNotContains", "NumberGreaterThanOrEquals")
REFUSED: dict[str, dict[str, Any]] = {
    **{f"tag '{other}'": advanced(other, "data.left", 1) for other in OTHER_OPERATORS},
    "enableAdvancedFilteringOnArrays": {"enableAdvancedFilteringOnArrays": True},
    "at most 25 items": {"advancedFilters": [*advanced("IsNotNull", "k")["advancedFilters"]] * 26},
    "at most 25 values": advanced("StringIn", "k", *map(str, range(26))),
    "at most 512 characters": advanced("StringIn", "k", "x" * 513),
    "NumberIn.values.0": advanced("NumberIn", "k", True),
    "value: Field required": {"advancedFilters": [{"operatorType": "BoolEquals", "key": "k"}]},
}


def published(name: str) -> CloudEvent[Any]:
    extensions = {"region": "west"} if name == "valve" else None
    return CloudEvent(source="/s", id=name, extensions=extensions, **EVENTS[name])


@pytest.mark.parametrize(("filter_", "wanted"), FILTERS, ids=[str(f) for f, _ in FILTERS])
async def test_a_subscription_gets_the_events_that_pass_its_filter_and_no_others(
    filter_: dict[str, Any], wanted: set[str], grid: Grid, webhook: Webhook
) -> None:
    await grid.subscribe("cloud", webhook.url, filter=filter_)

    await grid.publish("cloud", *map(published, EVENTS))

    await grid.settled("cloud")
    assert sorted(webhook.ids) == sorted(wanted)


async def test_filters_read_the_names_of_the_event_grid_schema(
    grid: Grid, webhook: Webhook
) -> None:
    for name, filter_ in {
        "types": {"includedEventTypes": ["TankRanLow"]},
        "keys": advanced("StringIn", "EventType", "tankranlow"),
        "others": advanced("StringIn", "EventType", "ValveOpened"),
    }.items():
        await grid.subscribe("classic", f"{webhook.url}/{name}", name, filter=filter_)

    await grid.publish("classic", grid_event())

    for name in ("types", "keys", "others"):
        await grid.settled("classic", name)
    assert {request.target for request in webhook.deliveries} == {"/hook/types", "/hook/keys"}


async def test_each_subscription_has_its_own_filter(grid: Grid, webhook: Webhook) -> None:
    for name, last in (("ones", "1"), ("twos", "2")):
        await grid.subscribe(
            "cloud", f"{webhook.url}/{name}", name, filter={"subjectEndsWith": last}
        )

    await grid.publish("cloud", *(cloud_event(n, subject=f"tank-{n}") for n in (1, 2, 3)))

    for name in ("ones", "twos"):
        await grid.settled("cloud", name)
    got = {(request.target, request.body["id"]) for request in webhook.deliveries}
    assert got == {("/hook/ones", "1"), ("/hook/twos", "2")}


@pytest.mark.parametrize("sentence", REFUSED)
async def test_other_filters_are_refused_by_name(
    sentence: str, grid: Grid, webhook: Webhook
) -> None:
    given = subscription(webhook.url, filter=REFUSED[sentence])

    status, said = await grid.put("cloud", "hook", given)

    assert status == 400
    assert "properties.filter" in said["error"]["message"]
    assert sentence in said["error"]["message"]
    assert webhook.handshakes == []
