"""Where a sender shows its secret or its token: both places of CloudEvents' Web Hooks (section 3), and our own."""

import pytest

from consumers.webhooks.authentication import Authentication
from shared.adapters.identity.webhook_senders import Sender

PARTNER = Sender("partner", ("*",), ("*",), secrets=("the-secret",), applications=("app",))


async def verify(token: str) -> str | None:
    return "app" if token == "a-token" else None


SHOWN: list[tuple[dict[str, str], dict[str, str]]] = [
    ({"webhook-secret": "the-secret"}, {}),
    ({}, {"secret": "the-secret"}),
    ({"authorization": "Bearer the-secret"}, {}),
    ({"authorization": "bearer the-secret"}, {}),
    ({"authorization": "BEARER  the-secret "}, {}),
    ({}, {"access_token": "the-secret"}),
    ({"authorization": "Bearer a-token"}, {}),
    ({"authorization": "bearer a-token"}, {}),
    ({}, {"access_token": "a-token"}),
    ({"authorization": "Basic eA=="}, {"access_token": "a-token"}),
    ({"authorization": "Bearer a-token"}, {"access_token": "wrong"}),
]
NOT: list[tuple[dict[str, str], dict[str, str]]] = [
    ({}, {}),
    ({"authorization": "Bearer"}, {}),
    ({"authorization": "Bearer "}, {}),
    ({"authorization": "the-secret"}, {}),
    ({"authorization": "Basic the-secret"}, {}),
    ({"authorization": "Bearer the-secret,the-secret"}, {}),
    ({}, {"access_token": ""}),
    ({}, {"access_token": "the-secret,the-secret"}),
    ({}, {"token": "a-token"}),
    ({}, {"code": "the-secret"}),
    ({"webhook-secret": "wrong"}, {"access_token": "a-token"}),
    ({"authorization": "Bearer wrong"}, {"access_token": "a-token"}),
]


@pytest.mark.parametrize(("headers", "query"), SHOWN)
async def test_a_secret_or_a_token_is_taken_in_either_place(
    headers: dict[str, str], query: dict[str, str]
) -> None:
    assert await Authentication([PARTNER], verify).sender(headers, query) == PARTNER


@pytest.mark.parametrize(("headers", "query"), NOT)
async def test_what_is_shown_otherwise_admits_nobody(
    headers: dict[str, str], query: dict[str, str]
) -> None:
    assert await Authentication([PARTNER], verify).sender(headers, query) is None
    assert await Authentication([PARTNER]).sender(headers, query) is None


async def test_a_secret_needs_nobody_who_verifies_tokens() -> None:
    without = Authentication([PARTNER])

    assert await without.sender({}, {"access_token": "the-secret"}) == PARTNER
    assert await without.sender({}, {"access_token": "a-token"}) is None
