"""The store is given what the business that runs asks of it, and the file of names what the shop asks."""

import json
from dataclasses import replace
from pathlib import Path

from infra.indexes import NONE, indexes, own, written
from infra.local.stack import NAMES, ROOT
from infra.names import described, names_of, own_of
from shared.domain import shop
from shared.domain.shop.views.stock import stock
from tests.active import domain

TEXT = NAMES.read_text(encoding="utf-8")
MORE = replace(stock, sorts=("reorderPoint", "name"))
WANTED = [
    ["/key", "/stream"],
    *(["/data/" + sort, "/key", "/stream"] for sort in (*stock.sorts, "reorderPoint")),
]


def test_the_indexes_are_those_that_the_sorts_of_the_views_need() -> None:
    made = described(ROOT)["containers"]["views"]["indexingPolicy"]["compositeIndexes"]

    assert made == indexes(domain.views), "make indexes writes them anew"


def test_the_names_have_the_indexes_of_the_shop_whichever_business_runs() -> None:
    assert written(TEXT, shop.domain.views) == TEXT, "make indexes writes them anew"


def test_every_sort_of_a_view_has_an_index_and_no_other_field() -> None:
    made = json.loads(written(TEXT, [stock, MORE]))

    policy = made["containers"]["views"]["indexingPolicy"]
    assert [[part["path"] for part in index] for index in policy.pop("compositeIndexes")] == WANTED
    before = json.loads(TEXT)
    del before["containers"]["views"]["indexingPolicy"]["compositeIndexes"]
    assert made == before


def test_another_business_has_its_own_indexes_and_all_other_names(tmp_path: Path) -> None:
    (tmp_path / "shared" / "domain").mkdir(parents=True)
    names_of(tmp_path).write_text(TEXT)
    own_of(tmp_path).write_text(NONE)
    before = described(tmp_path)
    own_of(tmp_path).write_text(own([stock, MORE]))

    made = described(tmp_path)

    policy = made["containers"]["views"]["indexingPolicy"]
    assert [[part["path"] for part in index] for index in policy["compositeIndexes"]] == WANTED
    policy["compositeIndexes"] = before["containers"]["views"]["indexingPolicy"]["compositeIndexes"]
    assert made == before == json.loads(TEXT)
