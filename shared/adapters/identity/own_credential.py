"""Who the app is: the tokens that it shows in place of keys."""

from functools import cache
from typing import TYPE_CHECKING

from shared.adapters.connections import Identity

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential


def credential(identity: Identity) -> "AsyncTokenCredential":
    """Give what gets tokens for an identity: that of the app, or that of whoever is signed in here."""
    return _credential(identity.client_id, identity.managed)


@cache
def _credential(client_id: str | None, managed: bool) -> "AsyncTokenCredential":  # noqa: FBT001 - a key of the cache
    if managed:
        from azure.identity.aio import ManagedIdentityCredential

        return ManagedIdentityCredential(client_id=client_id)
    from azure.identity.aio import DefaultAzureCredential

    return DefaultAzureCredential(managed_identity_client_id=client_id)
