"""Who may deliver: whoever knows one of the secrets, or shows a token that Entra made for us."""

import hmac
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

HEADER, QUERY = "webhook-secret", "secret"

type Verify = Callable[[str], Awaitable[str | None]]
"""Gives the application that a bearer token was made for, None where it is not valid."""


@dataclass(frozen=True, slots=True)
class Authentication:
    """Two secrets are valid at once while one takes the place of the other; without any, nobody may deliver."""

    secrets: Sequence[str]
    verify: Verify | None = None

    async def admits(self, headers: Mapping[str, str], query: Mapping[str, str]) -> bool:
        """Tell whether a delivery comes from somebody who may deliver."""
        given = headers.get(HEADER) or query.get(QUERY)
        if given:
            return self._knows(given)
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if self.verify is None or scheme.lower() != "bearer":
            return False
        return await self.verify(token.strip()) is not None

    def _knows(self, given: str) -> bool:
        # Every secret is compared, in constant time: how long it takes tells nothing.
        shown = given.encode(errors="surrogatepass")
        equal = [hmac.compare_digest(shown, secret.encode()) for secret in self.secrets]
        return any(equal)
