"""Who owns which partition, and whose checkpoints count: the rows that stand for the blobs of the host."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from emulators.host.checkpoints import Checkpoints

HUB = {"fully_qualified_namespace": "n", "eventhub_name": "h", "consumer_group": "g"}
LONG = 120.0


async def claimed(host: Checkpoints, owner: str, partition: str = "0", etag: str = "") -> Any:
    wanted = {**HUB, "partition_id": partition, "owner_id": owner, "etag": etag}
    return list(await host.claim_ownership([wanted]))


async def noted(host: Checkpoints, number: int) -> list[int]:
    place = {**HUB, "partition_id": "0", "sequence_number": number, "offset": str(number)}
    await host.update_checkpoint(place)
    return [one["sequence_number"] for one in await host.list_checkpoints(**HUB)]


@pytest.fixture
def hosts(tmp_path: Path) -> Iterator[tuple[Checkpoints, Checkpoints]]:
    """Give two hosts that share their state."""
    with (
        closing(Checkpoints(tmp_path / "c")) as one,
        closing(Checkpoints(tmp_path / "c")) as two,
    ):
        yield one, two


async def test_a_partition_of_another_host_gets_no_checkpoint(
    hosts: tuple[Checkpoints, Checkpoints],
) -> None:
    one, two = hosts
    [mine] = await claimed(one, "one")
    assert await noted(one, 1) == [1]

    [theirs] = await claimed(two, "two", etag=mine["etag"])
    assert await noted(one, 2) == [1]
    assert await noted(two, 3) == [3]

    # What was given back is nobody's.
    await claimed(two, "", etag=theirs["etag"])
    assert await noted(one, 4) == [4]


async def test_a_dead_hosts_partitions_are_its_own_until_they_expire(
    hosts: tuple[Checkpoints, Checkpoints],
) -> None:
    dead, again = hosts
    await claimed(dead, "dead")

    assert again.owned_elsewhere("h", "g", LONG) == {"0"}
    assert again.owned_elsewhere("h", "g", 0.0) == set()


async def test_what_a_host_has_given_back_is_nobodys(
    hosts: tuple[Checkpoints, Checkpoints],
) -> None:
    ended, again = hosts
    [row] = await claimed(ended, "ended")
    await claimed(ended, "", etag=row["etag"])

    assert again.owned_elsewhere("h", "g", LONG) == set()
