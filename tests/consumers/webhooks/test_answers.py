"""The table of what a delivery is answered, what Event Grid makes of it, and what a sender of CloudEvents does."""

import re
from dataclasses import replace

import azure.functions as func
import pytest

from consumers.webhooks.endpoint import LARGEST
from emulators.event_grid.schedule import HOPELESS
from infra.local.stack import ROOT
from shared.adapters.identity.webhook_senders import read_senders
from shared.kernel.errors import StoreUnavailable
from tests.consumers.webhooks.worlds import CARRIER, ORIGIN, Struggling, World, cloud, delivery

_ROW = re.compile(r"^\| (\d{3}) \| (.*) \| (.*) \| (.*) \|$", re.MULTILINE)
PAGE = (ROOT / "docs" / "webhooks.md").read_text(encoding="utf-8")
TABLE = {int(status): (grid, cloud) for status, _, grid, cloud in _ROW.findall(PAGE)}
ASKED: dict[int, func.HttpRequest] = {
    200: delivery(cloud()),
    400: delivery(b"{"),
    401: delivery(cloud(), secret="another"),
    403: delivery(cloud(source="/elsewhere")),
    410: delivery([cloud(type_="com.example.old"), cloud("p2", "com.example.old")]),
    411: delivery(b"", Transfer_Encoding="chunked"),
    413: delivery(b" " * (LARGEST + 1)),
    415: delivery(cloud(), Content_Encoding="gzip"),
    503: delivery(cloud("p3")),
}


def world() -> World:
    """A world whose one sender is told to send one type no more."""
    return World(
        sources=("/carriers/*",), types=(CARRIER, "com.example.other"), gone=("com.example.old",)
    )


def test_the_table_has_a_row_for_each_answer() -> None:
    assert TABLE.keys() == ASKED.keys()


@pytest.mark.parametrize("status", ASKED)
async def test_a_delivery_is_answered_as_the_table_says(status: int) -> None:
    store = Struggling()
    store.fault = StoreUnavailable("gone") if status == 503 else None
    here = replace(world(), store=store)

    answer = await here.receiver.receive(ASKED[status])

    assert answer.status_code == status
    grid, sender = TABLE[status]
    # What Event Grid does not try again is in its documentation, and its emulator goes by that.
    wanted = "is done" if status == 200 else "dead letter" if status in HOPELESS else "tries again"
    assert wanted in grid
    assert ("Retry-After" in sender) == ("Retry-After" in answer.headers)
    assert ("WWW-Authenticate" in answer.headers) == (status == 401)
    assert ("stops" in sender) == (status == 410)


def test_the_settings_say_what_is_no_longer_wanted() -> None:
    [sender] = read_senders("far = /far | com.example.new !com.example.old !com.example.v1.*", "")

    assert (sender.types, sender.gone) == (
        ("com.example.new",),
        ("com.example.old", "com.example.v1.*"),
    )
    assert sender.is_gone("/far", "com.example.v1.thing")
    assert not sender.may_deliver("/far", "com.example.old")


@pytest.mark.parametrize(
    ("types", "status", "effects"),
    [
        (["com.example.old"], 410, 0),
        (["com.example.old"] * 3, 410, 0),
        (["com.example.old", CARRIER], 200, 1),
        ([CARRIER, "com.example.old", "com.example.other"], 200, 1),
        (["com.example.old", "com.example.nobody"], 403, 0),
        ([], 200, 0),
    ],
)
async def test_what_is_no_longer_wanted_is_told_so_only_alone(
    types: list[str], status: int, effects: int
) -> None:
    here = world()
    sent = [cloud(f"p{number}", type_) for number, type_ in enumerate(types)]

    assert await here.status(sent) == status
    assert (len(here.effects()), await here.parked()) == (effects, [])


async def test_what_is_no_longer_wanted_of_one_source_is_wanted_of_another() -> None:
    assert await world().status(cloud(type_="com.example.old", source="/suppliers/far")) == 403


async def test_straight_to_the_function_it_is_passed_over() -> None:
    here = replace(world(), types=("nothing",), gone=(CARRIER,))

    await here.take(delivery(cloud()).get_body())

    assert (here.effects(), await here.parked()) == ([], [])


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"WebHook_Request_Rate": "120"},
        {"WebHook_Request_Rate": "*"},
        {"WebHook_Request_Rate": "many"},
        {"WebHook_Request_Callback": "https://example.com/confirm?id=1"},
        {"WebHook_Request_Callback": "http://169.254.169.254/", "WebHook_Request_Rate": "1"},
    ],
)
@pytest.mark.parametrize("origin", [ORIGIN, "eventemitter.example.com"])
async def test_a_handshake_is_answered_at_once_whatever_it_offers(
    more: dict[str, str], origin: str
) -> None:
    asking = {**more, "WebHook_Request_Origin": origin}

    answer = await World().receiver.receive(delivery(b"", None, "OPTIONS", **asking))

    assert answer.status_code == (200 if origin == ORIGIN else 403)
    # Web Hooks, section 4.2: allowed as it was asked for, and for no less than was asked.
    allowed = (ORIGIN, "*") if origin == ORIGIN else (None, None)
    told = answer.headers.get("WebHook-Allowed-Origin"), answer.headers.get("WebHook-Allowed-Rate")
    assert told == allowed
