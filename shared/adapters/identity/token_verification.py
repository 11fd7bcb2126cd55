"""Tokens that an issuer signs (JWT, RFC 7519): with a key that it publishes, for us, not expired."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from jwt import PyJWK, PyJWKClient, PyJWKSet, decode, get_unverified_header
from jwt.exceptions import PyJWTError

from shared.adapters.settings import TokenSettings
from shared.kernel.errors import KeysUnavailable

TIMEOUT = 5.0
LEEWAY = 60.0
"""Seconds by which the clock of whoever made a token may differ from ours."""

_TOKEN = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")

type Verify = Callable[[str], Awaitable[str | None]]
"""Gives whom a token names, None where it is not valid; raises KeysUnavailable."""
type Named = Callable[[Mapping[str, Any]], str | None]
"""Gives whom the claims of a valid token name."""


@dataclass(slots=True)
class Keys:
    """What a tenant signs with: read when it is old or lacks a key, but once in `cooldown` seconds at most.

    Whoever shows a key that nobody knows would let us read otherwise as often as he likes.
    """

    published: Callable[[], Sequence[PyJWK]]
    cooldown: float
    lifespan: float
    found: Sequence[PyJWK] = ()
    read: float = float("-inf")
    asked: float = float("-inf")
    one_at_a_time: Lock = field(default_factory=Lock)

    def find(self, name: str) -> PyJWK | None:
        """Find a key by its name; raises KeysUnavailable where looking for it has to wait, or failed.

        Whoever is told 401 does not come again: that is for a key which the tenant does not publish now.
        """
        with self.one_at_a_time:
            known = self._known(name)
            if known is not None:
                return known
            self._read()
            return self._match(name)

    def _known(self, name: str) -> PyJWK | None:
        return self._match(name) if time.monotonic() - self.read < self.lifespan else None

    def _match(self, name: str) -> PyJWK | None:
        return next((key for key in self.found if key.key_id == name), None)

    def _read(self) -> None:
        if time.monotonic() - self.asked < self.cooldown:
            raise KeysUnavailable("the keys of tokens were asked for only just now")
        self.asked = time.monotonic()
        try:
            self.found = self.published()
        except (PyJWTError, ValueError, OSError) as error:
            raise KeysUnavailable(f"the keys of tokens cannot be read: {error}") from error
        self.read = time.monotonic()


def open_verifier(
    settings: TokenSettings,
    named: Named,
    required: Sequence[str],
    algorithms: Sequence[str],
    *,
    cooldown: float = 30.0,
    lifespan: float = 300.0,
) -> Verify:
    """Give what looks at tokens with the `required` claims. Both times are seconds."""
    keys = Keys(_published(settings.keys), cooldown, lifespan)

    def verify(token: str) -> str | None:
        try:
            name = get_unverified_header(token).get("kid")
            key = keys.find(name) if name else None
            if key is None:
                return None
            claims = decode(
                token,
                key,
                algorithms=algorithms,
                audience=settings.audiences,
                issuer=settings.issuers,
                leeway=LEEWAY,
                options={"require": list(required)},
            )
        except PyJWTError:
            return None
        return named(claims)

    async def beside(token: str) -> str | None:
        # The library encodes what it is shown before it looks at it.
        if _TOKEN.fullmatch(token) is None:
            return None
        # The library reads the keys without the loop.
        return await asyncio.to_thread(verify, token)

    return beside


def _published(keys: str) -> Callable[[], Sequence[PyJWK]]:
    """Give what reads the keys at a URL, or those that are written there themselves (RFC 7517, section 5)."""
    if keys.startswith("{"):
        return lambda: PyJWKSet.from_json(keys).keys
    return PyJWKClient(keys, timeout=TIMEOUT, cache_jwk_set=False).get_signing_keys
