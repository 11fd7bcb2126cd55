"""What a client sees of each fault, what is stored afterwards, and how replicas lag."""

from pathlib import Path

import pytest
from azure.core.exceptions import AzureError
from azure.cosmos.aio import ContainerProxy
from azure.cosmos.exceptions import CosmosHttpResponseError, CosmosResourceNotFoundError

from emulators.faults import VOCABULARY
from emulators.tests.cosmos.conftest import Account, account
from emulators.tests.cosmos.rest import DOCS, Rest, key
from emulators.tests.machine import limit

# The SDK forgets to close the socket of a connection that was dropped.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")

ITEM = {"id": "1", "pk": "p", "u": 1}
REFUSED = {"throttle": 429, "503": 503, "410": 410, "449": 449, "408": 408, "413": 413}
DROPPED = {"drop-before": False, "reset-before": False, "drop-after": True, "reset-after": True}
REPARTITIONED = {"split", "merge"}
"""Tested in `test_repartitioning.py`."""
LATE = {"delay": True, "delay-before": False}


async def is_stored(cosmos: Account, container: ContainerProxy) -> bool:
    cosmos.faults.replace(0, [])
    try:
        await container.read_item("1", "p")
    except CosmosResourceNotFoundError:
        return False
    return True


@pytest.mark.parametrize("fault", REFUSED)
async def test_a_refused_write_has_its_status_and_no_effect(fault: str, cosmos: Account) -> None:
    async with cosmos.container(retry_throttle_total=0) as container:
        cosmos.fail(fault, "create", probability=1.0)

        with pytest.raises(CosmosHttpResponseError) as refused:
            await container.create_item(ITEM)

        assert refused.value.status_code == REFUSED[fault]
        assert f"cosmos/{fault}" in cosmos.faults.fired()
        assert not await is_stored(cosmos, container)


async def test_a_rule_about_a_text_strikes_no_other_item(cosmos: Account) -> None:
    async with cosmos.container() as container:
        cosmos.fail("413", "create", probability=1.0, about="full", name="full")

        with pytest.raises(CosmosHttpResponseError) as refused:
            await container.create_item({"id": "2", "pk": "full", "u": 2})
        await container.create_item(ITEM)

        assert refused.value.status_code == 413
        assert cosmos.faults.fired() == {"cosmos/full": 1}


@pytest.mark.parametrize("fault", DROPPED)
async def test_a_dropped_write_is_an_error_whether_or_not_it_is_stored(
    fault: str, cosmos: Account
) -> None:
    async with cosmos.container() as container:
        cosmos.fail(fault, "create", probability=1.0)

        with pytest.raises(AzureError):
            await container.create_item(ITEM)

        assert await is_stored(cosmos, container) == DROPPED[fault]


@pytest.mark.parametrize("fault", LATE)
async def test_a_late_answer_is_an_error_whether_or_not_it_is_stored(
    fault: str, cosmos: Account
) -> None:
    async with cosmos.container(read_timeout=limit(0.5)) as container:
        cosmos.fail(fault, "create", probability=1.0, seconds=3600)

        with pytest.raises(AzureError):
            await container.create_item(ITEM)

        assert await is_stored(cosmos, container) == LATE[fault]


async def test_a_write_that_is_delivered_twice_meets_itself(cosmos: Account) -> None:
    async with cosmos.container() as container:
        cosmos.fail("duplicate", "create")

        with pytest.raises(CosmosHttpResponseError) as refused:
            await container.create_item(ITEM)

        assert refused.value.status_code == 409
        assert await is_stored(cosmos, container)


def test_every_fault_has_a_test_here() -> None:
    tested = {*REFUSED, *DROPPED, *LATE, "duplicate", *REPARTITIONED}

    assert tested == VOCABULARY["cosmos"]


@pytest.mark.parametrize(
    ("level", "seen_by"),
    [
        ("Strong", {"its writer", "another"}),
        ("Session", {"its writer"}),
        ("Eventual", set()),
    ],
)
async def test_a_lagging_replica_shows_what_the_consistency_level_allows(
    level: str, seen_by: set[str], tmp_path: Path
) -> None:
    async with (
        account(tmp_path, level=level) as cosmos,
        cosmos.container() as writer,
        cosmos.container() as other,
    ):
        cosmos.server.consistency.lag = 3600
        await writer.create_item(ITEM)

        readers = {"its writer": writer, "another": other}
        assert {who for who in readers if await is_stored(cosmos, readers[who])} == seen_by


async def test_a_lagging_replica_shows_an_item_as_it_was(tmp_path: Path) -> None:
    async with account(tmp_path, level="Eventual") as cosmos, cosmos.container() as container:
        await container.create_item({**ITEM, "n": 1})
        await container.replace_item("1", {**ITEM, "n": 2})
        cosmos.server.consistency.lag = 3600

        assert (await container.read_item("1", "p"))["n"] == 1


async def test_what_is_not_supported_is_refused_by_name(container: ContainerProxy) -> None:
    await container.create_item(ITEM)

    with pytest.raises(CosmosHttpResponseError, match="does not support patch"):
        await container.patch_item("1", "p", [{"op": "add", "path": "/n", "value": 1}])


THROTTLED = (
    "Request rate is large. More Request Units may be needed, so no changes were made. Please retry this"
    " request later. Learn more: http://aka.ms/cosmosdb-error-429"
)


@pytest.mark.parametrize(
    ("fault", "status", "sentence"),
    [
        ("throttle", 429, THROTTLED),
        ("503", 503, "Service is currently unavailable."),
        ("410", 410, "The requested resource is no longer available at the server."),
        ("449", 449, "Retry the request."),
        ("408", 408, "Request timed out."),
        ("413", 413, "Request size is too large"),
    ],
)
async def test_a_fault_has_the_words_of_the_service(
    fault: str, status: int, sentence: str, cosmos: Account, client: Rest
) -> None:
    cosmos.fail(fault, "read", seconds=0.5)

    refused = await client.ask("GET", f"{DOCS}/1", headers=key("p"))

    assert (refused.status, refused.message) == (status, sentence)
