"""The credentials of the tests: the keys that the emulators publish, and the token that they know."""

import os
import time
from typing import Any, Self

from azure.core.credentials import AccessToken, AzureKeyCredential


class _Identity:
    """Shows the token that the emulators were started with."""

    def get_token(self, *_: str, **__: Any) -> AccessToken:
        return AccessToken(os.environ["IDENTITY_TOKEN"], int(time.time()) + 3600)


class _AsyncIdentity:
    """The same, awaited."""

    async def get_token(self, *_: str, **__: Any) -> AccessToken:
        return AccessToken(os.environ["IDENTITY_TOKEN"], int(time.time()) + 3600)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        return None

    async def close(self) -> None:
        return None


class AzureRecordedTestCase:
    """A base class without anything to record."""

    def get_credential(self, *_: Any, **__: Any) -> AzureKeyCredential:
        return AzureKeyCredential(os.environ["EVENTGRID_TOPIC_KEY"])

    def create_client_from_credential(self, client: Any, credential: Any, **more: Any) -> Any:
        return client(credential=credential, **more)


def get_credential(*, is_async: bool = False, **_: Any) -> Any:
    """Give the key of the account to the tests of Cosmos DB, and an identity to the others."""
    if "ACCOUNT_KEY" in os.environ:
        return os.environ["ACCOUNT_KEY"]
    return _AsyncIdentity() if is_async else _Identity()
