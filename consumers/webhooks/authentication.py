"""Who delivers: the sender that knows one of its secrets, or shows a token that Entra made for us."""

import hmac
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from shared.adapters.identity.webhook_senders import Sender

HEADER, QUERY, TOKEN = "webhook-secret", "secret", "access_token"

type Verify = Callable[[str], Awaitable[str | None]]
"""Gives the application that a bearer token was made for, None where it is not valid."""


@dataclass(frozen=True, slots=True)
class Authentication:
    """Of a sender two secrets are valid at once, while one takes the place of the other; without any, none is."""

    senders: Sequence[Sender]
    verify: Verify | None = None

    async def sender(self, headers: Mapping[str, str], query: Mapping[str, str]) -> Sender | None:
        """Tell who delivers; None for somebody who may not."""
        given = headers.get(HEADER) or query.get(QUERY)
        if given:
            return self._knowing(given)
        # HTTP 1.1 Web Hooks, section 3: in the header or in the query, a token or "a simple key expression".
        scheme, _, token = headers.get("authorization", "").partition(" ")
        shown = token.strip() if scheme.lower() == "bearer" else query.get(TOKEN, "")
        known = self._knowing(shown) if shown else None
        if known is not None or self.verify is None or not shown:
            return known
        application = await self.verify(shown)
        return next((one for one in self.senders if application in one.applications), None)

    def _knowing(self, given: str) -> Sender | None:
        # Every secret is compared, in constant time: how long it takes tells nothing.
        shown = given.encode(errors="surrogatepass")
        known = [
            sender
            for sender in self.senders
            for secret in sender.secrets
            if hmac.compare_digest(shown, secret.encode())
        ]
        return known[0] if known else None
