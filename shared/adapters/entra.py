"""Tokens of Microsoft Entra: signed with a key that it publishes, by our tenant, for us, and not expired."""

import asyncio
from collections.abc import Awaitable, Callable

from jwt import PyJWKClient, decode
from jwt.exceptions import PyJWKClientConnectionError, PyJWTError

from shared.adapters.settings import TokenSettings
from shared.kernel.errors import StoreUnavailable


def open_verifier(settings: TokenSettings) -> Callable[[str], Awaitable[bool]]:
    """Give what tells whether a token is valid; the keys are read once, and again for one that is not known."""
    keys = PyJWKClient(settings.keys_url, cache_keys=True, timeout=5)

    def verify(token: str) -> bool:
        try:
            key = keys.get_signing_key_from_jwt(token)
            decode(
                token,
                key,
                algorithms=["RS256"],
                audience=settings.audience,
                issuer=settings.issuer,
                options={"require": ["exp", "aud", "iss"]},
            )
        except PyJWKClientConnectionError as error:
            raise StoreUnavailable(
                f"the keys of {settings.issuer} are not there: {error}"
            ) from error
        except PyJWTError:
            return False
        return True

    async def beside(token: str) -> bool:
        # The library reads the keys without the loop.
        return await asyncio.to_thread(verify, token)

    return beside
