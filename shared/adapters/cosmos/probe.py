"""What the identity of an app may do in a container, tried out without a trace."""

from typing import Any

from azure.core.exceptions import AzureError
from azure.cosmos.aio import ContainerProxy

from shared.adapters.cosmos.errors import NOT_FOUND, status, store_error

PROBE = "rights"
# The batch fails at the read of an item that is not there, and so nothing is written.
_DOOMED: tuple[str, tuple[str]] = ("read", ("missing",))


async def attempt(container: ContainerProxy, partition_key: str, right: str) -> None:
    """Try to `read`, `append` or `write`; raises StoreError when that is refused, or cannot be told."""
    item = {"id": PROBE, partition_key: PROBE}
    operation: tuple[str, Any] = ("create" if right == "append" else "upsert", (item,))
    try:
        if right == "read":
            await container.read_item("missing", partition_key=PROBE)
        else:
            await container.execute_item_batch([operation, _DOOMED], partition_key=PROBE)
    except AzureError as error:
        if status(error) != NOT_FOUND:
            raise store_error(error) from error
