"""One client of Cosmos DB a process; reading and writing with it."""

import math
import os
from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

from azure.core import MatchConditions
from azure.core.exceptions import AzureError
from azure.core.pipeline.transport import AioHttpTransport
from azure.core.settings import settings as azure_settings
from azure.cosmos._cosmos_responses import CosmosAsyncItemPaged
from azure.cosmos.aio import ContainerProxy, CosmosClient
from pydantic_core import to_json

from shared.adapters.connections import Connection, Identity, needed_parts
from shared.adapters.cosmos.errors import (
    CONFLICT,
    NOT_FOUND,
    PRECONDITION_FAILED,
    status,
    store_error,
    write_error,
)
from shared.adapters.cosmos.retries import OF_THROTTLED
from shared.adapters.identity.own_credential import credential
from shared.adapters.names import DATABASE
from shared.adapters.settings import Settings

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential


async def open_client(settings: Settings) -> CosmosClient:
    """Connect; the caller keeps the client and closes it. Raises StoreThrottled, StoreUnavailable, StoreError."""
    endpoint, signs_in = _endpoint(settings.cosmos)
    # Kept as it is: the SDK would look into the environment for it twice a request, and for what it depends on.
    azure_settings.tracing_enabled = azure_settings.tracing_enabled()
    # Its own default: it looks for it ten times a request, and raises inside whenever it is missing.
    os.environ.setdefault("AZURE_COSMOS_ENABLE_CIRCUIT_BREAKER", "False")
    client = CosmosClient(
        endpoint,
        credential=signs_in,
        # The default transport looks for proxies and ~/.netrc on every request: 0.4 ms of CPU each.
        transport=AioHttpTransport(use_env_settings=False),
        read_timeout=settings.cosmos_read_timeout,
        **OF_THROTTLED,
    )
    async with AsyncExitStack() as failing:
        # What was opened by a start that fails is closed: the next request starts anew.
        failing.push_async_callback(client.close)
        try:
            await client.__aenter__()
        except AzureError as error:
            raise store_error(error) from error
        failing.pop_all()
    return client


def _endpoint(connection: Connection) -> "tuple[str, str | AsyncTokenCredential]":
    """Give the address of the account, and the key or the identity that opens it."""
    if isinstance(connection, Identity):
        return connection.address, credential(connection)
    endpoint, key = needed_parts(connection, "Cosmos DB", "AccountEndpoint", "AccountKey")
    return endpoint, key


def container(client: CosmosClient, name: str) -> ContainerProxy:
    """Give a container of the application's database."""
    return client.get_database_client(DATABASE).get_container_client(name)


def charge_of(headers: Mapping[str, Any]) -> float:
    """Read the request units out of the headers of an answer."""
    return float(headers.get("x-ms-request-charge", 0))


def charge_of_error(error: AzureError) -> float:
    """Give the request units that a failed request cost; 0 when no answer came."""
    return charge_of(getattr(error, "headers", None) or {})


async def everything(pages: CosmosAsyncItemPaged) -> tuple[list[dict[str, Any]], float]:
    """Read all pages of a query, and what they cost; raises StoreThrottled, StoreUnavailable, StoreError."""
    items, charge, _ = await some(pages, math.inf)
    return items, charge


async def some(
    pages: CosmosAsyncItemPaged, most: float
) -> tuple[list[dict[str, Any]], float, bool]:
    """Read the pages of a query until they have a number of bytes; tell as well whether it ended for that.

    Raises StoreThrottled, StoreUnavailable, StoreError.
    """
    items: list[dict[str, Any]] = []
    charge, size = 0.0, 0
    try:
        async for page in pages.by_page():
            found = [item async for item in page]
            items += found
            charge += charge_of(pages.get_response_headers())
            size += len(to_json(found)) if most < math.inf else 0
            if size >= most:
                return items, charge, True
    except AzureError as error:
        raise store_error(error) from error
    return items, charge, False


async def put(container: ContainerProxy, item: dict[str, Any], replacing: str | None) -> str | None:
    """Create an item, or replace the one with a tag; gives the new tag, None when somebody else was first.

    A write that the SDK sends twice fails the second time by its own tag or id: whoever is told None may have been
    first, and reads. Raises StoreThrottled, StoreUnavailable, StoreError.
    """
    try:
        if replacing is None:
            written = await container.create_item(item, no_response=True)
        else:
            written = await container.replace_item(
                item["id"],
                item,
                etag=replacing,
                match_condition=MatchConditions.IfNotModified,
                no_response=True,
            )
    except AzureError as error:
        if status(error) in {CONFLICT, PRECONDITION_FAILED, NOT_FOUND}:
            return None
        raise write_error(error) from error
    tag: str = written.get_response_headers()["etag"]
    return tag
