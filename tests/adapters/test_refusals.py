"""What a refusal of Cosmos DB means for who wrote: never again, or another time."""

import pytest
from azure.core.exceptions import AzureError
from azure.cosmos.exceptions import CosmosBatchOperationError, CosmosHttpResponseError

from shared.adapters.cosmos.errors import write_error
from shared.kernel.errors import (
    StoreError,
    StoreRefused,
    StoreThrottled,
    StoreUnavailable,
    StreamFull,
)


def answered(status: int, substatus: int = 0) -> CosmosHttpResponseError:
    return CosmosHttpResponseError(status_code=status, message="no", sub_status=substatus)


def in_a_batch(status: int, substatus: int = 0) -> CosmosBatchOperationError:
    results = [{"statusCode": 424}, {"statusCode": status, "subStatusCode": substatus}]
    return CosmosBatchOperationError(1, {}, status, "no", results)


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (answered(413), StoreRefused),
        (answered(400), StoreRefused),
        (answered(400, 1024), StoreError),
        (answered(403, 1014), StreamFull),
        (answered(403), StoreError),
        (answered(401), StoreError),
        (answered(404), StoreError),
        (answered(429), StoreThrottled),
        (answered(503), StoreUnavailable),
        (AzureError("no answer"), StoreUnavailable),
        (in_a_batch(413), StoreRefused),
        (in_a_batch(400), StoreRefused),
        (in_a_batch(403, 1014), StreamFull),
        (in_a_batch(403), StoreError),
    ],
)
def test_what_a_refusal_of_the_store_means(error: AzureError, meaning: type[StoreError]) -> None:
    found = write_error(error)

    assert type(found) is meaning
    assert found.transient is not issubclass(meaning, StoreRefused)
