"""Signing in, as App Service authentication does in front of the host: who asks stands in headers of its own."""

from collections.abc import Mapping

PRINCIPAL = "x-ms-client-principal"
"""What the names of the platform's headers begin with."""


def signed_in(headers: Mapping[str, str], header: str) -> dict[str, str]:
    """Give the headers that a function sees, by their names in lower case.

    Without a `header` nobody is signed in: they come as they were sent, even those that only the platform should
    write. With one these are dropped, and written anew for whom it names.
    """
    if not header:
        return dict(headers)
    kept = {name: value for name, value in headers.items() if not name.startswith(PRINCIPAL)}
    actor = kept.pop(header, "")
    if not actor:
        return kept
    return {
        **kept,
        f"{PRINCIPAL}-id": actor,
        f"{PRINCIPAL}-name": actor,
        f"{PRINCIPAL}-idp": "local",
    }
