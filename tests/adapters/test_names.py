"""names.json gives the store what the domain asks of it."""

import json
from dataclasses import replace

from infra.indexes import written
from infra.local.stack import NAMES
from shared.domain import domain
from shared.domain.shop.views.stock import stock

TEXT = NAMES.read_text(encoding="utf-8")


def test_the_indexes_are_those_that_the_sorts_of_the_views_need() -> None:
    assert written(TEXT, domain.views) == TEXT, "make indexes writes them anew"


def test_every_sort_of_a_view_has_an_index_and_no_other_field() -> None:
    made = json.loads(written(TEXT, [stock, replace(stock, sorts=("reorderPoint", "name"))]))

    policy = made["containers"]["views"]["indexingPolicy"]
    assert [[part["path"] for part in index] for index in policy.pop("compositeIndexes")] == [
        ["/key", "/stream"],
        *(["/data/" + sort, "/key", "/stream"] for sort in (*stock.sorts, "reorderPoint")),
    ]
    before = json.loads(TEXT)
    del before["containers"]["views"]["indexingPolicy"]["compositeIndexes"]
    assert made == before
