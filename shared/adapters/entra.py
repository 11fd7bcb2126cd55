"""Tokens of Microsoft Entra: signed with a key that it publishes, by our tenant, for us, and not expired."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from threading import Lock

from jwt import PyJWK, PyJWKClient, decode, get_unverified_header
from jwt.exceptions import PyJWTError

from shared.adapters.settings import TokenSettings
from shared.kernel.errors import KeysUnavailable

TIMEOUT = 5.0
LEEWAY = 60.0
"""Seconds by which the clock of whoever made a token may differ from ours."""


@dataclass(slots=True)
class Keys:
    """What a tenant signs with: read when it is old or lacks a key, but once in `cooldown` seconds at most.

    Whoever shows a key that nobody knows would let us read otherwise as often as he likes.
    """

    client: PyJWKClient
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
        return self.client.match_kid(list(self.found), name)

    def _read(self) -> None:
        if time.monotonic() - self.asked < self.cooldown:
            raise KeysUnavailable("the keys of tokens were asked for only just now")
        self.asked = time.monotonic()
        try:
            self.found = self.client.get_signing_keys()
        except (PyJWTError, ValueError, OSError) as error:
            raise KeysUnavailable(f"the keys of tokens cannot be read: {error}") from error
        self.read = time.monotonic()


def open_verifier(
    settings: TokenSettings, cooldown: float = 30.0, lifespan: float = 300.0
) -> Callable[[str], Awaitable[bool]]:
    """Give what tells whether a token is valid; it raises KeysUnavailable. Both times are seconds."""
    client = PyJWKClient(settings.keys_url, timeout=TIMEOUT, cache_jwk_set=False)
    keys = Keys(client, cooldown, lifespan)

    def verify(token: str) -> bool:
        try:
            name = get_unverified_header(token).get("kid")
            key = keys.find(name) if name else None
            if key is None:
                return False
            decode(
                token,
                key,
                algorithms=["RS256"],
                audience=settings.audience,
                issuer=settings.issuer,
                leeway=LEEWAY,
                options={"require": ["exp", "aud", "iss"]},
            )
        except PyJWTError:
            return False
        return True

    async def beside(token: str) -> bool:
        # The library reads the keys without the loop.
        return await asyncio.to_thread(verify, token)

    return beside
