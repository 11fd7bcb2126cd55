"""Everything that was ever stored can be read: samples of every schema that has been shipped."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from shared.domain.shop import domain
from shared.kernel.commands.category import Category, record
from shared.kernel.commands.decider import Decider
from shared.kernel.commands.snapshot import Snapshots
from shared.kernel.errors import ConfigurationError, InvalidMessage
from shared.kernel.messages.commit import StoredSnapshot
from shared.kernel.messages.message import Event, type_name

SHIPPED: dict[str, Any] = json.loads(
    (Path(__file__).parent / "shipped.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("name", SHIPPED["events"])
def test_every_event_that_was_ever_shipped_is_read(name: str) -> None:
    category, type_, number = name.split("/")

    event = domain.category(category).decode(type_, int(number), SHIPPED["events"][name])

    assert type_name(type(event)) == type_


def test_every_event_that_is_shipped_now_has_a_sample() -> None:
    now = {
        f"{category.name}/{type_name(event)}/{event.schema_number}"
        for category in domain.categories
        for event in category.events
    }

    assert now <= SHIPPED["events"].keys()


def test_an_event_of_today_is_stored_as_its_sample_shows() -> None:
    for category in domain.categories:
        for event_type in category.events:
            name = f"{category.name}/{type_name(event_type)}/{event_type.schema_number}"
            sample = SHIPPED["events"][name]
            recorded = record(
                category.decode(type_name(event_type), event_type.schema_number, sample)
            )
            assert recorded.data == sample


@pytest.mark.parametrize("category", domain.categories, ids=lambda category: category.name)
def test_the_shape_of_a_state_changes_only_with_its_schema(category: Category) -> None:
    shape = TypeAdapter(type(category.decider.initial_state)).json_schema()
    fingerprint = hashlib.sha256(json.dumps(shape, sort_keys=True).encode()).hexdigest()

    assert SHIPPED["snapshots"][category.snapshots.schema]["shape"] == fingerprint[:16], (
        "the state has another shape: name a new snapshot schema, and add it to shipped.json"
    )


@pytest.mark.parametrize("schema", SHIPPED["snapshots"])
def test_a_snapshot_that_was_shipped_is_read_or_passed_over(schema: str) -> None:
    category = domain.category(schema.partition("/")[0])
    stored = StoredSnapshot(schema_name=schema, state=SHIPPED["snapshots"][schema]["state"])

    state = category.snapshots.read(stored)

    read_today = SHIPPED["snapshots"][schema].get("readAs")
    if read_today or category.snapshots.can_read(stored):
        assert category.snapshots.show(state) == (read_today or stored.state)


class Renamed(Event):
    """An event in its third shape."""

    schema_number = 3
    title: str
    language: str


def category_with(upcasters: dict[tuple[str, int], Any]) -> Category:
    decider: Decider[Any, Any, None] = Decider(None, lambda _c, _s: (), lambda s, _e: s)
    return Category(
        name="book",
        decider=decider,
        events=(Renamed,),
        commands=(),
        snapshots=Snapshots("book/1", type(None)),
        upcasters=upcasters,
    )


UPCASTERS = {
    ("Renamed", 1): lambda data: {"title": data["name"]},
    ("Renamed", 2): lambda data: {**data, "language": "en"},
}


def test_an_old_event_is_read_step_by_step_as_one_of_today() -> None:
    book = category_with(UPCASTERS)
    today = Renamed(title="Emma", language="en")

    assert book.decode("Renamed", 1, {"name": "Emma"}) == today
    assert book.decode("Renamed", 2, {"title": "Emma"}) == today
    assert book.decode("Renamed", 3, {"title": "Emma", "language": "en"}) == today


def test_an_event_from_the_future_is_not_guessed_at() -> None:
    with pytest.raises(InvalidMessage, match="book/Renamed/4"):
        category_with(UPCASTERS).decode("Renamed", 4, {"title": "Emma"})


def test_a_schema_without_an_upcaster_is_found_when_the_process_starts() -> None:
    with pytest.raises(ConfigurationError, match=r"book/Renamed: no upcaster for schemas \[2\]"):
        category_with({("Renamed", 1): UPCASTERS["Renamed", 1]})
