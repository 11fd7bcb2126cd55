"""What the errors of Cosmos DB mean: what may pass, what never will, and what may or may not have been done."""

from typing import TYPE_CHECKING

from azure.core.exceptions import AzureError
from azure.cosmos.exceptions import CosmosBatchOperationError, CosmosHttpResponseError

from shared.kernel.errors import (
    StoreError,
    StoreRefused,
    StoreThrottled,
    StoreUnavailable,
    StreamFull,
)

if TYPE_CHECKING:
    pass


CONFLICT = 409


PRECONDITION_FAILED = 412


NOT_FOUND = 404


THROTTLED = 429


BAD_REQUEST = 400


TOO_LARGE = 413


PARTITION_FULL = (403, 1014)


# Whether the request was carried out cannot be told from these; a read may simply be sent again.
UNSETTLED_STATUS = frozenset({408, 410, 449, 500, 502, 503, 504})


def status(error: AzureError) -> int | None:
    """Give the HTTP status of an error of the SDK, None when no answer came."""
    if isinstance(error, CosmosHttpResponseError | CosmosBatchOperationError):
        return error.status_code
    return None


def store_error(error: AzureError) -> StoreError:
    """Say what a failed request means: may it pass (throttled, no answer), or never (refused)."""
    if status(error) == THROTTLED:
        return StoreThrottled("Cosmos DB throttles")
    if is_unsettled(error):
        return StoreUnavailable(f"Cosmos DB does not answer: {error}")
    return StoreError(f"Cosmos DB refuses a request: {error}")


def write_error(error: AzureError) -> StoreError:
    """Say what a failed write means: besides what `store_error` says, it may be one that is never taken."""
    code, substatus = status(error), _substatus(error)
    if (code, substatus) == PARTITION_FULL:
        return StreamFull("Cosmos DB holds 20 GB of one partition key, and no more")
    # With a substatus, 400 says something about the client's view of the container, and passes.
    if code == TOO_LARGE or (code, substatus) == (BAD_REQUEST, 0):
        return StoreRefused(f"Cosmos DB will never take this: {error}")
    return store_error(error)


def _substatus(error: AzureError) -> int:
    if isinstance(error, CosmosBatchOperationError):
        result = error.operation_responses[error.error_index]
        return int(result.get("subStatusCode") or 0)
    return int(getattr(error, "sub_status", None) or 0)


def is_unsettled(error: AzureError) -> bool:
    """Tell whether the request may or may not have been carried out."""
    code = status(error)
    return code is None or code in UNSETTLED_STATUS
