"""A tenant of Entra: the keys that it publishes, and the access tokens that it signs.

They hold what Microsoft documents for an application that acts as itself:
https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference
"""

import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import RSAAlgorithm
from jwt.utils import base64url_decode, base64url_encode

from shared.adapters.settings import TokenSettings

TENANT, ANOTHER = "aaaabbbb-0000-cccc-1111-dddd2222eeee", "99998888-7777-6666-5555-444433332222"
CLIENT, APPLICATION = "00001111-aaaa-2222-bbbb-3333cccc4444", "4962773b-9cdb-44cf-a8bf-237846a00ab7"
ISSUERS = {
    "1.0": "https://sts.windows.net/{}/",
    "2.0": "https://login.microsoftonline.com/{}/v2.0",
}
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
        read = TokenSettings.read(
            {
                "WEBHOOK_TOKEN_ISSUER": ISSUERS["2.0"].format(TENANT),
                "WEBHOOK_TOKEN_AUDIENCE": f"api://{CLIENT}",
                "WEBHOOK_TOKEN_KEYS": self.url,
            }
        )
        assert read is not None
        return read

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


def token(
    key: Any = KEY,
    kid: str = "first",
    algorithm: str = "RS256",
    version: str = "2.0",
    **changes: Any,
) -> str:
    """Sign a token; a claim that is None is left out."""
    now = datetime.now(UTC)
    claims = {
        "aud": CLIENT if version == "2.0" else f"api://{CLIENT}",
        "iss": ISSUERS[version].format(TENANT),
        "iat": now,
        "nbf": now,
        "exp": now + timedelta(hours=1),
        "aio": "k2RgYGg4lK7nHtO2fPpb6ZgAAA==",
        "oid": "bbbbcccc-1111-dddd-2222-eeee3333ffff",
        "rh": "1.AXoA_.",
        "roles": ["AzureEventGridSecureWebhookSubscriber"],
        "sub": "bbbbcccc-1111-dddd-2222-eeee3333ffff",
        "tid": TENANT,
        "uti": "AbcDefGhiJklMnoPqrStuv",
        "ver": version,
        **(
            {"azp": APPLICATION, "azpacr": "2"}
            if version == "2.0"
            else {
                "appid": APPLICATION,
                "appidacr": "2",
                "idp": ISSUERS["1.0"].format(TENANT),
            }
        ),
        **changes,
    }
    kept = {name: value for name, value in claims.items() if value is not None}
    headers = {"kid": kid, **({"x5t": kid} if version == "1.0" else {})}
    return jwt.encode(kept, key, algorithm=algorithm, headers=headers)


def confused() -> str:
    """Sign a token as who hopes that a public key is taken for a shared secret."""
    public = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    # The library refuses to sign so; whoever forges does not ask it.
    header, payload, _ = token().split(".")
    named = {**json.loads(base64url_decode(header)), "alg": "HS256"}
    signed = f"{base64url_encode(json.dumps(named).encode()).decode()}.{payload}"
    mac = hmac.digest(public, signed.encode(), "sha256")
    return f"{signed}.{base64url_encode(mac).decode()}"
