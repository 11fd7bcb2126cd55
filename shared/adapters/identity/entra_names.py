"""What Microsoft Entra calls itself and us in its access tokens: otherwise in version 1.0 than in 2.0."""

import re
from collections.abc import Iterable

from shared.kernel.errors import ConfigurationError

GUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_CLIENT = re.compile(rf"(?:api://)?({GUID})", re.IGNORECASE)
_ISSUER = re.compile(r"https://login\.microsoftonline\.(?:com|us)/([^/]+)/v2\.0")


def audiences_of(given: Iterable[str]) -> tuple[str, ...]:
    """Give the audiences of tokens for us: in 2.0 always the client id, in 1.0 also the URI that was asked for.

    Raises ConfigurationError where no client id is given: no token of version 2.0 would be believed.
    """
    audiences = list(given)
    clients = {found[1].lower() for one in audiences if (found := _CLIENT.fullmatch(one))}
    if not clients:
        raise ConfigurationError(
            f"WEBHOOK_TOKEN_AUDIENCE is {', '.join(audiences)}: the client id is missing,"
            " which stands in every token of version 2.0"
        )
    both = (name for client in sorted(clients) for name in (client, f"api://{client}"))
    return tuple(dict.fromkeys((*audiences, *both)))


def issuers_of(given: Iterable[str]) -> tuple[str, ...]:
    """Give the issuers of a tenant's tokens: beside that of version 2.0 the one of 1.0, where it is known."""
    issuers = list(given)
    older = [
        f"https://sts.windows.net/{found[1]}/"
        for one in issuers
        if (found := _ISSUER.fullmatch(one))
    ]
    return tuple(dict.fromkeys((*issuers, *older)))
