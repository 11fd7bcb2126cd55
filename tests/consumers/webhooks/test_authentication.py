"""Who may deliver: two secrets at once, and tokens that were made for us."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from consumers.webhooks.authentication import Authentication
from emulators.tests.machine import limit
from shared.adapters.identity import token_verification
from shared.adapters.identity.entra_tokens import open_verifier
from shared.adapters.identity.webhook_senders import Sender
from tests.consumers.webhooks.tenant import (
    ANOTHER,
    APPLICATION,
    CLIENT,
    ISSUERS,
    OTHER,
    Keys,
    confused,
    tenant,
    token,
)
from tests.consumers.webhooks.worlds import World, cloud, delivery


@pytest_asyncio.fixture
async def keys(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Keys]:
    monkeypatch.setattr(token_verification, "TIMEOUT", limit())
    async with tenant() as published:
        yield published


def verifying(keys: Keys, cooldown: float = limit()) -> World:
    return World(secrets=(), verify=open_verifier(keys.settings, cooldown))


async def shows(world: World, shown: str) -> int:
    return await world.status([cloud()], None, authorization=f"Bearer {shown}")


PARTNER = Sender("partner", ("*",), ("*",), secrets=("old", "new"))
OTHERS = Sender("others", ("/others",), ("*",), secrets=("theirs",))


async def test_either_of_two_secrets_admits_in_a_header_or_in_the_query() -> None:
    authentication = Authentication([OTHERS, PARTNER])

    for secret in ("old", "new"):
        assert await authentication.sender({"webhook-secret": secret}, {}) == PARTNER
        assert await authentication.sender({}, {"secret": secret}) == PARTNER
    assert await authentication.sender({"webhook-secret": "theirs"}, {}) == OTHERS


@pytest.mark.parametrize("shown", ["", "ol", "older", "OLD", "é", "\ud800"])
async def test_nothing_else_does(shown: str) -> None:
    authentication = Authentication([OTHERS, PARTNER])

    assert await authentication.sender({"webhook-secret": shown}, {}) is None


async def test_where_no_secret_is_set_none_admits() -> None:
    authentication = Authentication([replace(PARTNER, secrets=())])

    assert await authentication.sender({"webhook-secret": ""}, {"secret": ""}) is None
    assert await authentication.sender({"authorization": "Bearer x"}, {}) is None


async def test_a_wrong_secret_is_not_made_good_by_a_token(keys: Keys) -> None:
    world = verifying(keys)

    assert await world.status([cloud()], "wrong", authorization=f"Bearer {token()}") == 401


@pytest.mark.parametrize(
    ("version", "audience"),
    # Of version 2.0 always the client id; of 1.0 what was asked for.
    [("2.0", CLIENT), ("1.0", f"api://{CLIENT}"), ("1.0", CLIENT)],
)
async def test_a_token_of_our_tenant_for_us_admits(keys: Keys, version: str, audience: str) -> None:
    world = verifying(keys)

    assert await shows(world, token(version=version, aud=audience)) == 200
    assert world.effects() == [("order-O1", "DispatchRecorded")]


async def test_a_token_of_an_application_that_no_sender_has_does_not(keys: Keys) -> None:
    world = verifying(keys)

    assert await shows(world, token(azp=ANOTHER)) == 401
    assert await shows(world, token(azp=APPLICATION.upper())) == 200


WRONG: dict[str, Callable[[], str]] = {
    "of another key": lambda: token(OTHER),
    "of a key that nobody knows": lambda: token(kid="second"),
    "of another tenant": lambda: token(iss=ISSUERS["2.0"].format(ANOTHER), tid=ANOTHER),
    "of another tenant, in version 1.0": lambda: token(
        version="1.0", iss=ISSUERS["1.0"].format(ANOTHER), tid=ANOTHER
    ),
    "of two tenants": lambda: token(tid=ANOTHER),
    "of every tenant": lambda: token(iss=ISSUERS["2.0"].format("common")),
    "of two versions": lambda: token(ver="1.0", appid=APPLICATION),
    "of two versions, the other way": lambda: token(version="1.0", ver="2.0", azp=APPLICATION),
    "of no version": lambda: token(ver=None),
    "of a version to come": lambda: token(ver="3.0"),
    "made for nobody": lambda: token(azp=None),
    "made for nobody, in version 1.0": lambda: token(version="1.0", appid=None),
    "of a person": lambda: token(scp="user_impersonation"),
    "of a person, in version 1.0": lambda: token(version="1.0", scp="user_impersonation"),
    "that begins at no time": lambda: token(nbf=None),
    "of nobody": lambda: token(iss=None),
    "for somebody else": lambda: token(aud=ANOTHER),
    "for somebody else, in version 1.0": lambda: token(version="1.0", aud="api://another"),
    "for an address that begins like ours": lambda: token(version="1.0", aud=f"api://{CLIENT}/x"),
    "expired": lambda: token(exp=datetime.now(UTC) - timedelta(minutes=2)),
    "that never expires": lambda: token(exp=None),
    "for nobody": lambda: token(aud=None),
    "too early": lambda: token(nbf=datetime.now(UTC) + timedelta(hours=1)),
    "with a shared key": lambda: token("x" * 32, algorithm="HS256"),
    "with the public key as a shared one": confused,
    "not signed": lambda: token(None, algorithm="none"),
    "that is none": lambda: "not.a.token",
    "beyond ASCII": lambda: "é.é.é",
    "that is no text": lambda: "\ud800.e30.e30",
    "empty": lambda: "",
}


@pytest.mark.parametrize("wrong", WRONG)
async def test_no_other_token_does(keys: Keys, wrong: str) -> None:
    world, shown = verifying(keys), WRONG[wrong]()

    assert await world.status([cloud()], None, authorization=f"Bearer {shown}") == 401
    assert await world.status([cloud()], None, authorization=f"Basic {token()}") == 401
    assert world.effects() == []


# What has expired goes on to do so while it is looked at.
@pytest.mark.parametrize("late", [timedelta(seconds=50), timedelta(seconds=-10)])
async def test_clocks_may_differ_by_less_than_a_minute(keys: Keys, late: timedelta) -> None:
    now, world = datetime.now(UTC), verifying(keys)

    # Issued in our future, or expired in our past.
    exp = now + late if late < timedelta() else now + timedelta(hours=1)
    assert await shows(world, token(iat=now + late, nbf=now + late, exp=exp)) == 200


async def test_keys_are_read_once_and_again_for_a_new_one(keys: Keys) -> None:
    world = verifying(keys, cooldown=0)

    assert [await shows(world, token()) for _ in range(3)] == [200] * 3
    assert keys.asked == 1
    keys.published["second"] = OTHER
    assert await shows(world, token(OTHER, "second")) == 200
    assert keys.asked == 2


async def test_a_token_of_a_new_key_comes_again_until_we_may_look_for_it(keys: Keys) -> None:
    """Event Grid would take a 401 for the last word."""
    world = verifying(keys)
    assert await shows(world, token()) == 200

    keys.published["second"] = OTHER

    assert await shows(world, token(OTHER, "second")) == 503
    assert await shows(world, token()) == 200
    assert keys.asked == 1


async def test_forged_tokens_do_not_make_us_ask_for_keys_again_and_again(keys: Keys) -> None:
    world = verifying(keys)

    forged = [token(OTHER, f"forged-{number}") for number in range(20)]
    statuses = await asyncio.gather(*(shows(world, one) for one in forged))

    # The first one made us look; the others may be of a key that is younger than that.
    assert sorted(statuses) == [401] + [503] * 19
    assert keys.asked == 1


async def test_without_keys_nobody_makes_us_ask_again_and_again_either(keys: Keys) -> None:
    keys.trouble = "error"
    world = verifying(keys)

    statuses = await asyncio.gather(*(shows(world, token()) for _ in range(20)))

    assert statuses == [503] * 20
    assert keys.asked == 1


TROUBLE = ["error", "no JSON", "no keys"]


@pytest.mark.parametrize("trouble", TROUBLE)
async def test_without_keys_a_delivery_is_to_come_again(keys: Keys, trouble: str) -> None:
    keys.trouble = trouble
    world = verifying(keys, cooldown=0)

    answer = await world.receiver.receive(
        delivery([cloud()], None, authorization=f"Bearer {token()}")
    )
    assert answer.status_code == 503
    assert json.loads(answer.get_body())["code"] == "keys-unavailable"
    keys.trouble = ""
    assert await shows(world, token()) == 200


@pytest.mark.parametrize("trouble", TROUBLE)
async def test_keys_that_are_lost_later_do_not_make_a_token_wrong(keys: Keys, trouble: str) -> None:
    world = verifying(keys, cooldown=0)
    assert await shows(world, token()) == 200

    keys.trouble = trouble

    assert await shows(world, token(OTHER, "second")) == 503
    assert await shows(world, token()) == 200


async def test_keys_are_read_anew_when_they_are_old(keys: Keys) -> None:
    world = World(secrets=(), verify=open_verifier(keys.settings, cooldown=0, lifespan=0))
    assert await shows(world, token()) == 200

    keys.published = {"second": OTHER}

    assert await shows(world, token()) == 401
