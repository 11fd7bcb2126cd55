"""Snapshots: copies of what the events say, believed only as long as they keep to their schema."""

from dataclasses import replace

from shared.adapters.cosmos.codec import from_item, to_item
from shared.domain.shop.item import item
from shared.domain.shop.item.state import Item
from tests.kernel.worlds import commit


def test_a_commit_with_a_snapshot_is_read_as_it_was_written() -> None:
    snapshot = item.snapshots.write(Item(registered=True, available=3, reserved={"r1": 2}))
    written = replace(commit(1), snapshot=snapshot)

    read = from_item(to_item(written))

    assert read == written
    assert read.snapshot is not None
    assert item.snapshots.read(read.snapshot) == Item(
        registered=True, available=3, reserved={"r1": 2}
    )


def test_a_snapshot_that_does_not_keep_to_its_schema_is_not_believed() -> None:
    snapshot = item.snapshots.write(Item(available=3))

    assert item.snapshots.read(replace(snapshot, state={"available": "three"})) is None
    assert item.snapshots.read(replace(snapshot, schema_name="another")) is None
