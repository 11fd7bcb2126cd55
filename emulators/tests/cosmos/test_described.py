"""What the names describe is there from the start, and changed in place when they describe it otherwise."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from emulators.cosmos import containers
from emulators.cosmos.containers import SCHEMA
from emulators.cosmos.described import DescriptionError, make

BY_NAME = [[{"path": "/name"}, {"path": "/key"}]]


def names(**more: Any) -> dict[str, Any]:
    return {"database": "d", "containers": {"views": {"partitionKey": "/key", **more}}}


@pytest.fixture
def store() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as made:
        made.executescript(SCHEMA)
        make(made, names(), 1)
        yield made


def shown(store: sqlite3.Connection) -> dict[str, Any]:
    [container] = containers.list_containers(store, "d")
    return container


def test_another_indexing_policy_is_put_in_place_and_the_container_stays(
    store: sqlite3.Connection,
) -> None:
    before = shown(store)

    make(store, names(indexingPolicy={"compositeIndexes": BY_NAME}, timeToLive=-1), 1)

    after = shown(store)
    assert after["_rid"] == before["_rid"]
    composites = after["indexingPolicy"]["compositeIndexes"]
    assert [[one["path"] for one in index] for index in composites] == [["/name", "/key"]]
    assert after["defaultTtl"] == -1


def test_what_is_as_it_is_described_is_left_alone(store: sqlite3.Connection) -> None:
    before = shown(store)

    make(store, names(), 1)

    assert shown(store) == before


def test_what_cannot_change_is_named(store: sqlite3.Connection) -> None:
    with pytest.raises(
        DescriptionError, match=r"'views' is there.*partition key cannot be changed.*`make clean`"
    ):
        make(store, names(partitionKey="/other"), 1)
