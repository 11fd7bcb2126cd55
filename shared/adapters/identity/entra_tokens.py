"""Access tokens of Microsoft Entra: signed by our tenant, for us, on behalf of an application."""

from collections.abc import Mapping
from typing import Any

from shared.adapters.identity import token_verification
from shared.adapters.identity.token_verification import Verify
from shared.adapters.settings import TokenSettings

APPLICATION = {"1.0": "appid", "2.0": "azp"}
"""The claim that names the application which a token was made for, by the version of the token."""


def open_verifier(
    settings: TokenSettings, cooldown: float = 30.0, lifespan: float = 300.0
) -> Verify:
    """Give what tells for which application a token was made. Both times are seconds."""
    required = ("exp", "nbf", "aud", "iss", "ver")
    return token_verification.open_verifier(
        *(settings, _application, required, ("RS256",)), cooldown=cooldown, lifespan=lifespan
    )


def _application(claims: Mapping[str, Any]) -> str | None:
    """Read the application out of a token whose issuer and tenant are of its version.

    One with a scope is a person's, who only signed in through the application (`scp`).
    """
    version, issuer, tenant = claims["ver"], claims["iss"], claims.get("tid")
    of_version = str(issuer).endswith("/v2.0") == (version == "2.0")
    of_tenant = tenant is None or str(tenant) in issuer.split("/")
    if not (of_version and of_tenant) or "scp" in claims:
        return None
    application = claims.get(APPLICATION.get(str(version), ""))
    return application.lower() if isinstance(application, str) and application else None
