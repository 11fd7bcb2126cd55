"""Who may deliver: two secrets at once, and tokens that were made for us."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
import pytest_asyncio
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from consumers.webhooks.authentication import Authentication
from shared.adapters.entra import open_verifier
from shared.adapters.settings import TokenSettings
from tests.consumers.webhooks.worlds import World, cloud, delivery

ISSUER, AUDIENCE = "https://login.example.com/tenant/v2.0", "api://onewrite"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Keys:
    """What a tenant publishes, and how often it was asked."""

    url: str = ""
    trouble: str = ""
    asked: int = 0
    published: dict[str, rsa.RSAPrivateKey] = field(default_factory=lambda: {"first": KEY})

    async def answer(self, _request: web.Request) -> web.Response:
        """Answer as the `jwks_uri` of a tenant."""
        self.asked += 1
        if self.trouble == "error":
            return web.Response(status=503)
        if self.trouble == "no JSON":
            return web.Response(text="<html>")
        keys = [
            {**json.loads(RSAAlgorithm.to_jwk(key.public_key())), "kid": name, "use": "sig"}
            for name, key in self.published.items()
        ]
        return web.json_response({"keys": [] if self.trouble == "no keys" else keys})


@pytest_asyncio.fixture
async def keys() -> AsyncIterator[Keys]:
    made = Keys()
    app = web.Application()
    app.router.add_get("/keys", made.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/keys"
    yield made
    await runner.cleanup()


def token(key: Any = KEY, kid: str = "first", algorithm: str = "RS256", **changes: Any) -> str:
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "exp": datetime.now(UTC) + timedelta(hours=1),
        **changes,
    }
    kept = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(kept, key, algorithm=algorithm, headers={"kid": kid})


def verifying(keys: Keys) -> World:
    verify = open_verifier(TokenSettings(ISSUER, AUDIENCE, keys.url))
    return World(secrets=(), verify=verify)


async def test_either_of_two_secrets_admits_in_a_header_or_in_the_query() -> None:
    authentication = Authentication(("old", "new"))

    for secret in ("old", "new"):
        assert await authentication.admits({"webhook-secret": secret}, {})
        assert await authentication.admits({}, {"secret": secret})


@pytest.mark.parametrize("shown", ["", "ol", "older", "OLD", "é", "\ud800"])
async def test_nothing_else_does(shown: str) -> None:
    assert not await Authentication(("old", "new")).admits({"webhook-secret": shown}, {})


async def test_where_no_secret_is_set_none_admits() -> None:
    authentication = Authentication(())

    assert not await authentication.admits({"webhook-secret": ""}, {"secret": ""})
    assert not await authentication.admits({"authorization": "Bearer x"}, {})


async def test_a_wrong_secret_is_not_made_good_by_a_token(keys: Keys) -> None:
    world = verifying(keys)

    assert await world.status([cloud()], "wrong", authorization=f"Bearer {token()}") == 401


async def test_a_token_of_our_tenant_for_us_admits(keys: Keys) -> None:
    world = verifying(keys)

    assert await world.status([cloud()], None, authorization=f"Bearer {token()}") == 200
    assert world.effects() == [("order-O1", "DispatchRecorded")]


WRONG: dict[str, Callable[[], str]] = {
    "of another key": lambda: token(OTHER),
    "of a key that nobody knows": lambda: token(kid="second"),
    "of another issuer": lambda: token(iss="https://login.example.com/another/v2.0"),
    "for somebody else": lambda: token(aud="api://another"),
    "expired": lambda: token(exp=datetime.now(UTC) - timedelta(minutes=1)),
    "that never expires": lambda: token(exp=None),
    "for nobody": lambda: token(aud=None),
    "too early": lambda: token(nbf=datetime.now(UTC) + timedelta(hours=1)),
    "with a shared key": lambda: token("x" * 32, algorithm="HS256"),
    "not signed": lambda: token(None, algorithm="none"),
    "that is none": lambda: "not.a.token",
    "beyond ASCII": lambda: "é.é.é",
    "empty": lambda: "",
}


@pytest.mark.parametrize("wrong", WRONG)
async def test_no_other_token_does(keys: Keys, wrong: str) -> None:
    world, shown = verifying(keys), WRONG[wrong]()

    assert await world.status([cloud()], None, authorization=f"Bearer {shown}") == 401
    assert await world.status([cloud()], None, authorization=f"Basic {token()}") == 401
    assert world.effects() == []


async def test_keys_are_read_once_and_again_for_a_new_one(keys: Keys) -> None:
    verify = open_verifier(TokenSettings(ISSUER, AUDIENCE, keys.url), cooldown=0)
    world = World(secrets=(), verify=verify)

    async def shows(given: str) -> int:
        return await world.status([cloud()], None, authorization=f"Bearer {given}")

    assert [await shows(token()) for _ in range(3)] == [200] * 3
    assert keys.asked == 1
    keys.published["second"] = OTHER
    assert await shows(token(OTHER, "second")) == 200
    assert keys.asked == 2


async def test_forged_tokens_do_not_make_us_ask_for_keys_again_and_again(keys: Keys) -> None:
    world = verifying(keys)

    forged = [token(OTHER, f"forged-{number}") for number in range(20)]
    statuses = await asyncio.gather(
        *(world.status([cloud()], None, authorization=f"Bearer {one}") for one in forged)
    )

    assert statuses == [401] * 20
    assert keys.asked == 1


@pytest.mark.parametrize("trouble", ["error", "no JSON", "no keys"])
async def test_without_keys_a_delivery_is_to_come_again(keys: Keys, trouble: str) -> None:
    keys.trouble = trouble
    world = verifying(keys)

    answer = await world.receiver.receive(
        delivery([cloud()], None, authorization=f"Bearer {token()}")
    )
    assert answer.status_code == 503
    assert json.loads(answer.get_body())["code"] == "keys-unavailable"
    keys.trouble = ""
    assert await world.status([cloud()], None, authorization=f"Bearer {token()}") == 200


async def test_keys_that_are_lost_later_do_not_make_a_token_wrong(keys: Keys) -> None:
    verify = open_verifier(TokenSettings(ISSUER, AUDIENCE, keys.url), cooldown=0)
    world = World(secrets=(), verify=verify)
    assert await world.status([cloud()], None, authorization=f"Bearer {token()}") == 200

    keys.trouble = "error"

    unknown = token(OTHER, "second")
    assert await world.status([cloud()], None, authorization=f"Bearer {unknown}") == 503
