"""Who asks: whom the platform has signed in, or whom a bearer token names that is believed here."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from shared.adapters.http.problems import UNKNOWN, Fault, Problem, malformed
from shared.kernel.commands.outcome import FORBIDDEN

PRINCIPAL = "X-MS-Client-Principal-Id"
AUTHORIZATION = "Authorization"
VISIBLE = "1 to 128 visible ASCII characters are allowed."
_TOKEN = re.compile(r"[\x21-\x7e]{1,128}")


@dataclass(frozen=True, slots=True)
class Actors:
    """Reads who asks from headers, by their names in lower case.

    The platform's header is believed only where it `signs_in` callers: elsewhere anybody may send it. `verify`
    gives whom a token names, None for one that is not valid; without it, tokens are nobody's business.
    """

    signs_in: bool = False
    verify: Callable[[str], Awaitable[str | None]] | None = None

    @property
    def knows(self) -> bool:
        """Tell whether anybody can be known here."""
        return self.signs_in or self.verify is not None

    async def of(self, headers: Mapping[str, str]) -> str | None:
        """Tell who asks, None where nobody is known; raises Problem for a bad name or token, KeysUnavailable."""
        # Of those that nobody asks for, none is looked up: it is dear.
        actor = token(headers, PRINCIPAL) if self.signs_in else None
        if actor is not None or self.verify is None:
            return actor
        given = headers.get(AUTHORIZATION.lower())
        if given is None:
            return None
        scheme, _, shown = given.partition(" ")
        named = await self.verify(shown.strip()) if scheme.lower() == "bearer" else None
        if named is None or not is_token(named):
            raise token_wanted(INVALID)
        return named

    def forbidden(self, actor: str | None) -> Problem:
        """Tell that an actor may not ask for this; where tokens are believed, nobody known is asked for one."""
        if actor is None and self.verify is not None:
            return token_wanted("")
        return Problem(403, "forbidden", "Not allowed", FORBIDDEN)


NOBODY = Actors()
"""Where nobody is signed in, and no token is believed."""
INVALID = 'error="invalid_token"'


def token_wanted(why: str) -> Problem:
    """Ask for a bearer token (RFC 6750, section 3)."""
    detail = "The bearer token is invalid." if why else "A bearer token is required."
    known = {"WWW-Authenticate": f"Bearer {why}".strip()}
    return Problem(401, "unauthenticated", UNKNOWN, detail, headers=known)


def token(headers: Mapping[str, str], name: str) -> str | None:
    """Read a header that names something; raises Problem."""
    value = headers.get(name.lower())
    if value is not None and not is_token(value):
        raise malformed(f"The header {name} is malformed.", [Fault(name, VISIBLE)])
    return value


def is_token(value: str) -> bool:
    """Tell whether a text can name something: a command, a chain of causes, an actor."""
    return _TOKEN.fullmatch(value) is not None
