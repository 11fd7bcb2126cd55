"""A tenant of Entra: the keys that it publishes, and the tokens that it signs."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from shared.adapters.settings import TokenSettings

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

    @property
    def settings(self) -> TokenSettings:
        """Whom to believe."""
        return TokenSettings(ISSUER, AUDIENCE, self.url)

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


@asynccontextmanager
async def tenant() -> AsyncIterator[Keys]:
    """Serve the keys of a tenant."""
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
    """Sign a token; a claim that is None is left out."""
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "exp": datetime.now(UTC) + timedelta(hours=1),
        **changes,
    }
    kept = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(kept, key, algorithm=algorithm, headers={"kid": kid})
