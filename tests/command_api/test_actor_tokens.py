"""Bearer tokens say who asks, where they are believed; a bad one is told so, and nobody is forged."""

import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from command_api.composition import Application
from emulators.tests.machine import limit
from shared.adapters.identity import token_verification
from shared.adapters.identity.actor import PRINCIPAL, Actors
from shared.adapters.identity.actor_tokens import open_verifier
from shared.adapters.settings import ActorSettings
from shared.kernel.errors import ConfigurationError
from tests.command_api.calls import assembled, get, get_stream, post, post_command, told
from tests.consumers.webhooks.tenant import KEY, OTHER, Keys, tenant
from tests.kernel.lending import lending

ISSUER, AUDIENCES = "https://people.example.com", "library, https://library.example.com"


@pytest_asyncio.fixture
async def keys(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Keys]:
    monkeypatch.setattr(token_verification, "TIMEOUT", limit())
    async with tenant() as published:
        yield published


def read(keys_url: str, **more: str) -> ActorSettings:
    given = {
        "ACTOR_TOKEN_ISSUER": ISSUER,
        "ACTOR_TOKEN_AUDIENCE": AUDIENCES,
        "ACTOR_TOKEN_KEYS": keys_url,
        **more,
    }
    found = ActorSettings.read(given)
    assert found is not None
    return found


def library(settings: ActorSettings, *, signs_in: bool = False) -> Application:
    return replace(assembled(lending), actors=Actors(signs_in, open_verifier(settings, cooldown=0)))


def token(
    key: Any = KEY, kid: str | None = "first", algorithm: str = "RS256", **changes: Any
) -> str:
    claims = {
        "iss": ISSUER,
        "aud": "library",
        "sub": "ann",
        "exp": datetime.now(UTC) + timedelta(hours=1),
        **changes,
    }
    kept = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(kept, key, algorithm=algorithm, headers={"kid": kid} if kid else {})


async def borrows(
    application: Application, shown: str | None, **headers: str
) -> tuple[int, Mapping[str, Any], str | None]:
    who = {"Authorization": shown} if shown is not None else {}
    answer = await post_command(post("borrow", {}, "emma", "book", **who, **headers), application)
    return answer.status_code, told(answer), answer.headers.get("WWW-Authenticate")


def events_by(body: Mapping[str, Any]) -> Any:
    return body["events"][0]["data"]["by"]


@pytest.mark.parametrize("audience", ["library", "https://library.example.com"])
async def test_whom_a_valid_token_names_is_who_asks(keys: Keys, audience: str) -> None:
    application = library(read(keys.url))

    status, body, _ = await borrows(application, f"bearer {token(aud=audience)}")

    assert (status, events_by(body)) == (200, "ann")
    reading = get("s", stream="book-emma")
    assert (await get_stream(reading, application)).status_code == 401


async def test_another_claim_may_say_who_it_is(keys: Keys) -> None:
    application = library(read(keys.url, ACTOR_TOKEN_CLAIM="oid"))

    status, body, _ = await borrows(application, f"Bearer {token(oid='4711')}")

    assert (status, events_by(body)) == (200, "4711")


BAD: dict[str, Callable[[], str]] = {
    "of another key": lambda: token(OTHER),
    "of a key that nobody knows": lambda: token(kid="second"),
    "of no key": lambda: token(kid=None),
    "of somebody else": lambda: token(iss="https://elsewhere.example.com"),
    "for somebody else": lambda: token(aud="shop"),
    "for nobody": lambda: token(aud=None),
    "expired": lambda: token(exp=datetime.now(UTC) - timedelta(minutes=2)),
    "that never expires": lambda: token(exp=None),
    "too early": lambda: token(nbf=datetime.now(UTC) + timedelta(hours=1)),
    "of no name": lambda: token(sub=None),
    "of an empty name": lambda: token(sub=""),
    "of a name that a reaction has": lambda: token(sub="reaction order-expiry"),
    "of a name that is too long": lambda: token(sub="x" * 129),
    "not signed": lambda: token(None, algorithm="none"),
    "signed with a secret": lambda: token("x" * 32, algorithm="HS256"),
    "that is none": lambda: "not.a.token",
    "empty": lambda: "",
}


@pytest.mark.parametrize("bad", BAD)
async def test_a_token_that_is_not_valid_is_told_so_and_nothing_is_written(
    keys: Keys, bad: str
) -> None:
    application = library(read(keys.url))

    status, problem, asked = await borrows(application, f"Bearer {BAD[bad]()}")

    assert (status, problem["code"], asked) == (
        401,
        "unauthenticated",
        'Bearer error="invalid_token"',
    )
    assert (await borrows(application, f"Basic {token()}"))[0] == 401
    # Nor where anybody may: who shows something is to show something that is true.
    answer = await post_command(
        post("add-note", {}, "emma", "book", Authorization=f"Bearer {BAD[bad]()}"), application
    )
    assert answer.status_code == 401


async def test_who_shows_no_token_is_asked_for_one_where_it_matters(keys: Keys) -> None:
    application = library(read(keys.url))

    status, problem, asked = await borrows(application, None)

    assert (status, problem["code"], asked) == (401, "unauthenticated", "Bearer")
    note = await post_command(post("add-note", {}, "emma", "book"), application)
    assert note.status_code == 200


async def test_keys_that_cannot_be_read_are_no_fault_of_the_token(keys: Keys) -> None:
    keys.trouble = "error"
    application = library(read(keys.url))

    status, problem, _ = await borrows(application, f"Bearer {token()}")

    assert (status, problem["code"]) == (503, "keys-unavailable")
    keys.trouble = ""
    assert (await borrows(application, f"Bearer {token()}"))[0] == 200


async def test_keys_may_stand_in_the_setting_itself() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    public = {**json.loads(ECAlgorithm.to_jwk(key.public_key())), "kid": "own", "alg": "ES256"}
    settings = read(json.dumps({"keys": [public]}))

    status, body, _ = await borrows(library(settings), f"Bearer {token(key, 'own', 'ES256')}")

    assert (status, events_by(body)) == (200, "ann")


FORGED = dict.fromkeys(
    (PRINCIPAL, "X-MS-Client-Principal-Name", "X-MS-Client-Principal", "X-Local-Actor"), "mallory"
)


async def test_no_header_makes_somebody_of_nobody_where_nobody_is_signed_in(
    keys: Keys,
) -> None:
    believing, plain = library(read(keys.url)), assembled(lending)

    assert (await borrows(believing, None, **FORGED))[0] == 401
    assert (await borrows(plain, None, **FORGED))[0] == 403
    # The header beside a token changes nothing of whom that names.
    status, body, _ = await borrows(believing, f"Bearer {token()}", **FORGED)
    assert (status, events_by(body)) == (200, "ann")


async def test_whom_the_platform_has_signed_in_goes_before_a_token(keys: Keys) -> None:
    application = library(read(keys.url), signs_in=True)

    status, body, _ = await borrows(application, "Bearer of-the-platform", **{PRINCIPAL: "bob"})

    assert (status, events_by(body)) == (200, "bob")


async def test_tokens_are_nobodys_business_where_no_setting_believes_them() -> None:
    status, problem, asked = await borrows(assembled(lending), f"Bearer {token()}")

    assert (status, problem["code"], asked) == (403, "forbidden", None)


def test_settings_name_one_issuer_and_all_that_is_needed() -> None:
    assert ActorSettings.read({}) is None
    with pytest.raises(ConfigurationError, match="ACTOR_TOKEN_AUDIENCE"):
        ActorSettings.read({"ACTOR_TOKEN_ISSUER": ISSUER})
    with pytest.raises(ConfigurationError, match="more than one issuer"):
        read("https://keys", ACTOR_TOKEN_ISSUER=f"{ISSUER}, https://elsewhere.example.com")
