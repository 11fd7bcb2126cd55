"""Items with azure-cosmos: created, read, replaced and deleted, one at a time and as a batch."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from azure.core import MatchConditions
from azure.cosmos.aio import ContainerProxy, CosmosClient
from azure.cosmos.exceptions import (
    CosmosAccessConditionFailedError,
    CosmosBatchOperationError,
    CosmosHttpResponseError,
    CosmosResourceExistsError,
    CosmosResourceNotFoundError,
)

from emulators.cosmos.authorization import KEY
from emulators.tests.cosmos.conftest import Account, account


def item(id_: str, **more: Any) -> dict[str, Any]:
    return {"id": id_, "pk": "p", "u": id_, **more}


async def all_ids(container: ContainerProxy, pk: str = "p") -> list[str]:
    found = container.query_items("SELECT c.id FROM c", partition_key=pk)
    return [one["id"] async for one in found]


async def test_an_item_is_read_as_it_was_written(container: ContainerProxy) -> None:
    written = item("1", text="ü\u2028😀", number=9007199254740991, share=0.1, deep=[{"a": None}])

    await container.create_item(written)
    read = await container.read_item("1", "p")

    assert {name: read[name] for name in written} == written
    assert read.keys() - written.keys() == {"_rid", "_self", "_etag", "_attachments", "_ts"}


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
async def test_what_is_no_json_is_refused(number: float, container: ContainerProxy) -> None:
    with pytest.raises(CosmosHttpResponseError) as raised:
        await container.create_item(item("1", share=number))

    assert raised.value.status_code == 400
    assert await all_ids(container) == []


async def test_an_id_is_taken_once_in_a_partition(container: ContainerProxy) -> None:
    await container.create_item(item("1"))
    await container.create_item({**item("1"), "pk": "another"})

    with pytest.raises(CosmosResourceExistsError):
        await container.create_item({**item("1"), "u": "another"})


async def test_a_unique_key_is_taken_once_in_a_partition_and_set_free(
    container: ContainerProxy,
) -> None:
    await container.create_item({**item("1"), "u": "taken"})
    await container.create_item({**item("1"), "u": "taken", "pk": "another"})
    with pytest.raises(CosmosResourceExistsError):
        await container.create_item({**item("2"), "u": "taken"})

    await container.delete_item("1", "p")

    await container.create_item({**item("2"), "u": "taken"})


async def test_a_missing_unique_key_counts_as_one_value(container: ContainerProxy) -> None:
    await container.create_item({"id": "1", "pk": "p"})

    with pytest.raises(CosmosResourceExistsError):
        await container.create_item({"id": "2", "pk": "p"})


async def test_a_replace_under_an_old_etag_is_refused(container: ContainerProxy) -> None:
    first = await container.create_item(item("1", n=1))
    second = await container.replace_item("1", item("1", n=2))

    with pytest.raises(CosmosAccessConditionFailedError):
        await container.replace_item(
            "1",
            item("1", n=3),
            etag=first["_etag"],
            match_condition=MatchConditions.IfNotModified,
        )
    assert second["_etag"] != first["_etag"]
    assert (await container.read_item("1", "p"))["n"] == 2


async def test_an_upsert_creates_and_replaces(container: ContainerProxy) -> None:
    await container.upsert_item(item("1", n=1))
    await container.upsert_item(item("1", n=2))

    assert (await container.read_item("1", "p"))["n"] == 2


async def test_what_is_not_there_is_not_found(container: ContainerProxy) -> None:
    with pytest.raises(CosmosResourceNotFoundError):
        await container.read_item("1", "p")
    with pytest.raises(CosmosResourceNotFoundError):
        await container.replace_item("1", item("1"))
    with pytest.raises(CosmosResourceNotFoundError):
        await container.delete_item("1", "p")


@pytest.mark.filterwarnings("ignore:Sending a large body:ResourceWarning")
@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"id": "", "pk": "p"}, 400),
        ({"id": "x" * 1024, "pk": "p"}, 400),
        ({"id": "large", "pk": "p", "text": "x" * 2_100_000}, 413),
    ],
)
async def test_what_cannot_be_an_item_is_refused(
    wrong: dict[str, Any], status: int, container: ContainerProxy
) -> None:
    with pytest.raises(CosmosHttpResponseError) as refused:
        await container.upsert_item(wrong)

    assert refused.value.status_code == status


async def test_a_batch_happens_as_a_whole(container: ContainerProxy) -> None:
    await container.execute_item_batch(
        [("create", (item("1"),)), ("create", (item("2"),)), ("read", ("1",))], "p"
    )

    assert await all_ids(container) == ["1", "2"]


async def test_a_batch_that_fails_does_nothing_and_says_which_operation(
    container: ContainerProxy,
) -> None:
    await container.create_item(item("2"))

    with pytest.raises(CosmosBatchOperationError) as failed:
        await container.execute_item_batch(
            [("create", (item(id_),)) for id_ in ("1", "2", "3")], "p"
        )

    codes = [response["statusCode"] for response in failed.value.operation_responses]
    assert codes == [424, 409, 424]
    assert failed.value.error_index == 1
    assert await all_ids(container) == ["2"]


async def test_a_batch_has_at_most_100_operations(container: ContainerProxy) -> None:
    with pytest.raises(CosmosHttpResponseError, match="more operations than"):
        await container.execute_item_batch([("create", (item(str(n)),)) for n in range(101)], "p")

    assert await all_ids(container) == []


async def test_of_writers_at_one_id_one_wins(container: ContainerProxy) -> None:
    tries = [container.create_item({**item("1"), "u": str(n)}) for n in range(20)]
    ended = await asyncio.gather(*tries, return_exceptions=True)

    lost = [end for end in ended if isinstance(end, CosmosResourceExistsError)]
    assert len(lost) == 19


async def test_a_request_costs_what_the_table_says(container: ContainerProxy) -> None:
    await container.create_item(item("1"))
    written = container.client_connection.last_response_headers["x-ms-request-charge"]
    await container.read_item("1", "p")
    read = container.client_connection.last_response_headers["x-ms-request-charge"]

    assert (float(written), float(read)) == (4.95, 1.0)


async def test_items_are_there_after_a_restart(tmp_path: Path) -> None:
    async with account(tmp_path) as before, before.container() as container:
        await container.create_item(item("1"))

    async with account(tmp_path) as after, after.container() as container:
        assert await all_ids(container) == ["1"]


async def test_a_container_made_anew_is_found_by_a_client_that_knew_the_old_one(
    cosmos: Account,
) -> None:
    async with cosmos.container() as container, cosmos.container() as other:
        await container.create_item(item("1"))
        async with CosmosClient(f"http://127.0.0.1:{cosmos.port}", KEY) as client:
            await client.get_database_client("d").delete_container("c")
        async with cosmos.container():
            assert await all_ids(other) == []
            await container.create_item(item("2"))
            assert await all_ids(container) == ["2"]


async def test_a_wrong_key_is_refused(cosmos: Account) -> None:
    client = CosmosClient(f"http://127.0.0.1:{cosmos.port}", KEY.replace("C2y6", "C2y7"))

    with pytest.raises(CosmosHttpResponseError) as refused:
        await client.__aenter__()
    await client.close()

    assert refused.value.status_code == 401
