"""Tokens of Microsoft Entra: signed with a key that it publishes, by our tenant, for us, and not expired."""

import asyncio
from collections.abc import Awaitable, Callable
from threading import Lock

from jwt import PyJWKClient, decode
from jwt.exceptions import PyJWKClientConnectionError, PyJWKClientError, PyJWKSetError, PyJWTError

from shared.adapters.settings import TokenSettings
from shared.kernel.errors import KeysUnavailable

PATIENCE = 5.0


def open_verifier(
    settings: TokenSettings, cooldown: float = 30.0
) -> Callable[[str], Awaitable[bool]]:
    """Give what tells whether a token is valid; it raises KeysUnavailable.

    The keys are kept for five minutes; an unknown one lets them be read again, at most every `cooldown` seconds.
    """
    keys = PyJWKClient(settings.keys_url, timeout=PATIENCE, cooldown_duration=cooldown)
    one_at_a_time = Lock()

    def verify(token: str) -> bool:
        with one_at_a_time:
            _read(keys, settings)
        try:
            decode(
                token,
                keys.get_signing_key_from_jwt(token),
                algorithms=["RS256"],
                audience=settings.audience,
                issuer=settings.issuer,
                options={"require": ["exp", "aud", "iss"]},
            )
        except PyJWKClientConnectionError as error:
            raise _unavailable(settings, error) from error
        except PyJWTError:
            return False
        return True

    async def beside(token: str) -> bool:
        # The library reads the keys without the loop.
        return await asyncio.to_thread(verify, token)

    return beside


def _read(keys: PyJWKClient, settings: TokenSettings) -> None:
    """Have keys to compare with: whoever is told 401 does not come again."""
    try:
        keys.get_signing_keys()
    except (PyJWKClientError, PyJWKSetError, ValueError) as error:
        raise _unavailable(settings, error) from error


def _unavailable(settings: TokenSettings, error: Exception) -> KeysUnavailable:
    return KeysUnavailable(f"the keys of {settings.issuer} cannot be read: {error}")
