"""Bearer tokens of people and applications that ask: whom they name is the actor."""

from collections.abc import Mapping
from typing import Any

from shared.adapters.identity import token_verification
from shared.adapters.identity.token_verification import Verify
from shared.adapters.settings import ActorSettings

ALGORITHMS = ("RS256", "PS256", "ES256")


def open_verifier(settings: ActorSettings, *, cooldown: float = 30.0) -> Verify:
    """Give what tells whom a token names; `cooldown` is seconds."""
    required = ("exp", "aud", "iss", settings.claim)

    def named(claims: Mapping[str, Any]) -> str | None:
        name = claims[settings.claim]
        return name if isinstance(name, str) else None

    return token_verification.open_verifier(
        settings.tokens, named, required, ALGORITHMS, cooldown=cooldown
    )
