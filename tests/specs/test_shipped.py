"""Everything that was ever stored can be read: samples of every schema that has been shipped."""

from dataclasses import replace
from pathlib import Path

import pytest

from shared.domain.shop import domain as shop
from shared.domain.shop.item import item
from shared.domain.shop.item.events import StockReceived
from shared.kernel.domain import Domain
from shared.kernel.messages.commit import StoredSnapshot
from shared.kernel.messages.message import type_name
from tests.active import SHIPPED, domain
from tests.specs.samples import Samples, changed, completed, missing, schemas
from tests.specs.shop import SPECS

STORED = Samples.read(SHIPPED)


@pytest.mark.parametrize("name", STORED.events)
def test_every_event_that_was_ever_shipped_is_read(name: str) -> None:
    category, type_, number = name.split("/")

    event = domain.category(category).decode(type_, int(number), STORED.events[name])

    assert type_name(type(event)) == type_


def test_everything_that_is_stored_has_a_sample_once_something_was_shipped() -> None:
    assert not SHIPPED.exists() or missing(domain, STORED) == [], "`make shipped` writes samples"


def test_what_is_stored_today_is_as_its_sample_shows() -> None:
    assert changed(domain, STORED) == []


@pytest.mark.parametrize("schema", STORED.snapshots)
def test_a_snapshot_that_was_shipped_is_read_or_passed_over(schema: str) -> None:
    category = domain.category(schema.partition("/")[0])
    sample = STORED.snapshots[schema]
    stored = StoredSnapshot(schema_name=schema, state=sample["state"])

    state = category.snapshots.read(stored)

    read_today = sample.get("readAs")
    if read_today or category.snapshots.can_read(stored):
        assert category.snapshots.show(state) == (read_today or stored.state)


def test_samples_are_made_of_the_specs_and_what_is_there_stays(tmp_path: Path) -> None:
    file = tmp_path / "shipped.json"
    name = "item/StockReceived/1"
    completed(shop, SPECS, Samples({name: {"quantity": 7}})).write(file)

    made = Samples.read(file)

    assert made.events[name] == {"quantity": 7}
    assert made.events.keys() == {name for name, _, _ in schemas(shop)}
    assert len(made.snapshots) == len(shop.categories)
    assert missing(shop, made) == changed(shop, made) == []


def test_where_nothing_was_shipped_everything_is_missing(tmp_path: Path) -> None:
    nothing = Samples.read(tmp_path / "shipped.json")

    assert {"item/StockReceived/1", "item/2"} <= set(missing(shop, nothing))


def test_an_event_in_another_shape_needs_a_new_schema() -> None:
    told = changed(
        shop,
        Samples(
            {"item/ItemRegistered/1": {"title": "Cup"}, "item/StockReceived/1": {"quantity": 1}}
        ),
    )

    (only,) = told
    assert only.startswith("item/ItemRegistered/1: its sample is not read (")
    assert only.endswith("give the event a new schema_number, and the category an upcaster")


def test_an_event_that_has_got_a_field_needs_a_new_schema() -> None:
    class StockReceivedToday(StockReceived):
        supplier: str = ""

    StockReceivedToday.__name__ = StockReceived.__name__
    events = tuple(StockReceivedToday if one is StockReceived else one for one in item.events)
    today = Domain(categories=(replace(item, events=events),), views=())

    (only,) = changed(today, Samples({"item/StockReceived/1": {"quantity": 1}}))

    assert "{'quantity': 1} is written as {'quantity': 1, 'supplier': ''}" in only


def test_an_older_event_that_the_upcasters_do_not_make_readable_is_named_with_what_they_make() -> (
    None
):
    class StockReceivedToday(StockReceived):
        schema_number = 2
        supplier: str = ""

    StockReceivedToday.__name__ = StockReceived.__name__
    events = tuple(StockReceivedToday if one is StockReceived else one for one in item.events)
    misspelt = {("StockReceived", 1): lambda data: {**data, "suplier": "nobody"}}
    today = Domain(categories=(replace(item, events=events, upcasters=misspelt),), views=())

    (only,) = changed(today, Samples({"item/StockReceived/1": {"quantity": 1}}))

    assert only == (
        "item/StockReceived/1: / extra_forbidden: the upcasters make {'quantity': 1, 'suplier': 'nobody'} of it,"
        " and StockReceived has the fields quantity, supplier"
    )


def test_an_older_event_whose_class_is_gone_is_named() -> None:
    (only,) = changed(shop, Samples({"item/StockCounted/1": {}}))

    assert only.startswith("no event item/StockCounted/1 is known")
    assert only.endswith(": keep its class in `events` of the category")


def test_a_state_in_another_shape_needs_a_new_schema() -> None:
    shapes = {"item/2": {"shape": "0" * 16, "state": {}}}

    assert changed(shop, Samples(snapshots=shapes)) == [
        "item/2: the state has another shape: name a new snapshot schema"
    ]
